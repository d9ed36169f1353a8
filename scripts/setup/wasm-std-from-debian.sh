#!/bin/sh
# Builds the wasm32-unknown-unknown standard library from Debian's compiler and sources, and links both to
# rustup as a toolchain of the given name. For machines where rustup can download nothing but apt can.
#
#   wasm-std-from-debian.sh [toolchain name, default debian-web]
#
# It has no bitcode: build with lto = false.
set -eu

toolchain=${1:-debian-web}
target=wasm32-unknown-unknown
export DEBIAN_FRONTEND=noninteractive

apt-get update -q
# rustc asks for a linker called rust-lld; Debian's lld packages carry their LLVM version in the name.
lld=$(apt-cache pkgnames lld- | grep -E '^lld-[0-9]+$' | sort -t- -k2 -n | tail -n 1)
apt-get install -qy --no-install-recommends \
  rustc-web cargo-web rust-web-clippy rustfmt-web rust-web-src "$lld"

host=$(/usr/bin/rustc --version --verbose | sed -n 's/^host: //p')
mkdir -p "/usr/lib/rustlib/$host/bin"
ln -sf "/usr/bin/$lld" "/usr/lib/rustlib/$host/bin/rust-lld"
rustup toolchain link "$toolchain" /usr

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cat > "$work/Cargo.toml" <<EOF
[package]
name = "std-for-wasm"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[workspace]
EOF
: > "$work/src/lib.rs"

# -Zbuild-std is nightly only; RUSTC_BOOTSTRAP lets this one build use it.
cd "$work"
RUSTC_BOOTSTRAP=1 RUSTUP_TOOLCHAIN=$toolchain CARGO_TARGET_DIR="$work/target" \
  cargo build -Zbuild-std=std,panic_abort,test --target "$target" --release

library=/usr/lib/rustlib/$target/lib
mkdir -p "$library"
cp "$work/target/$target/release/deps/"*.rlib "$library/"
rm -f "$library"/libstd_for_wasm*
