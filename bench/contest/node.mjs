// The contest in this Node; a line of JSON for each cell.
import { contest } from "./contest.mjs";

const [, , options = "{}"] = process.argv;
await contest({ ...JSON.parse(options), onCell: (cell) => console.log(JSON.stringify(cell)) });
