const MORE = "Ayrıntılar [Minara belgelerinde](https://minara.ai/docs/trade/agent-api/api-key).";

export default {
  locale: "tr-TR",
  banner: "> **Sandbox yanıtı** – yerel bir sunucudan örnek veri; gerçek piyasa verisi ya da yatırım tavsiyesi değildir.",
  earlier: (question) => `Önceki sorunuzdan, “${question}”, devam ediyorum:`,

  price: (m, deep) => `## ${m.symbol} fiyat hareketi

**${m.symbol}** fiyatı **${m.price}**; günlük değişim ${m.day}, haftalık ${m.week}.

- **Destek:** ${m.support} (bu ay iki kez sınandı)
- **Direnç:** ${m.resistance}
- **RSI(14):** ${m.rsi} (ne aşırı alım ne aşırı satım)

Kısa vadeli eğilim ${m.rises ? "yukarı" : "aşağı"}: ${m.rises ? `${m.support} korunduğu sürece düşüşler alım görüyor.` : `${m.resistance} aşılmadığı sürece yükselişler satılıyor.`}${deep ? `

### Zaman dilimleri

| Dilim | Değişim | Yorum |
| --- | ---: | --- |
| 1 gün | ${m.day} | ortalama çevresinde gürültü |
| 1 hafta | ${m.week} | ${m.rises ? "alıcılar önde" : "satıcılar önde"} |
| 1 ay | ${m.month} | geniş aralığı belirler |

### İki olası yol

1. **${m.resistance} üzerinde kapanış** yeni bir yükselişin önünü açar; hacim de artmalıdır.
2. **${m.support} altında kapanış** son dibi dirence çevirir; beklemek daha doğrudur.

### İzlenecekler

- *Fonlama oranı:* sıfırdan uzaklaştıkça bir taraf kalmak için para öder.
- *Borsa girişleri:* borsaya taşınan koinler çoğu zaman satılıktır.
- *Bitcoin:* çoğu gün ${m.symbol} haberlerinden daha etkilidir.

Pozisyonu inancınıza göre değil, zarar kes mesafenize göre belirleyin.

${MORE}` : ""}`,

  swap: (m, deep) => `## Token takası

Neyi, ne kadar satıp ne alacağınızı yazın; örneğin \`0.1 ETH'yi USDC'ye çevir\`. Yanıt bir **teklif** ve **imzasız işlemdir**; cüzdanınız imzalamadan hiçbir şey hareket etmez.

1. Miktarı, zinciri ve fiyat etkisini denetleyin.
2. ERC-20 ise yalnızca gereken miktara onay verin.
3. Yeni bir teklif alın, sonra takası imzalayın.${deep ? `

### Sayılar ne anlama gelir

| Alan | Anlamı |
| --- | --- |
| \`toTokenAmount\` | en küçük birimle beklenen çıktı, söz değil |
| \`priceImpact\` | havuzlarda kaybedilen yüzde |
| \`tradeFee\` | ağ ücreti (USD) |

### İmzadan önce

- **Harcayan adres yönlendirici değildir:** \`approval.spenderAddress\` adresine onay verin.
- **Sınırsız onay vermeyin.**
- **Fiyat etkisi % 3'ü aşarsa** birkaç küçük takas daha ucuzdur.

${MORE}` : ""}`,

  perp: (m, deep) => `## Sürekli vadeli işlemler ve kaldıraç

Kaldıraç **pozisyonu** büyütür, haklı çıkma payını değil. *n* katta 100 ÷ *n* % ters hareket teminatın tamamını alır.

- **Zarar kes** düzeyi kaba likidasyon fiyatından çok önce olmalı.
- **Hedef** zarar kes mesafesinin en az iki katı olmalı.
- ${m.symbol} ${m.price}: ilk düzeyler ${m.support} ve ${m.resistance}.${deep ? `

### Kaldıraca göre alan

| Kaldıraç | Likidasyon uzaklığı | Zarar kes sınırı |
| ---: | ---: | ---: |
| 5× | % 20 | % 12 |
| 10× | % 10 | % 6 |
| 20× | % 5 | % 3 |
| 40× | % 2,5 | % 1,5 |

### Unutulan maliyetler

1. **Fonlama** sekiz saatte bir tüm pozisyondan alınır.
2. **Komisyon** da pozisyonun tamamına uygulanır.
3. **Kayma:** hızlı piyasada zarar kes geç gerçekleşir.

${MORE}` : ""}`,

  prediction: (m, deep) => `## Tahmin piyasasını okumak

**Yes** fiyatı 0,62 ise piyasa olasılığı yaklaşık **% 62** görüyor.

- Bir olayın sonuçları % 100 etmek zorunda değildir: bazıları ötekileri içerir.
- Sığ piyasada küçük emirler fiyatı oynatır; önce hacme bakın.${deep ? `

### Fiyattan karara

| Tahmininiz | Yes fiyatı | Avantaj |
| ---: | ---: | ---: |
| % 70 | 0,62 | +8 puan |
| % 62 | 0,62 | yok |
| % 50 | 0,62 | No alın |

1. Fiyata bakmadan **önce** kendi tahmininizi yazın.
2. Karşı tarafın ne bildiğini sorun.
3. Sonuçlandırma kurallarını okuyun.

${MORE}` : ""}`,

  code: (m, deep) => `## API'yi bir sayfadan çağırmak

\`\`\`js
import { Minara } from "minara";

const minara = new Minara({ baseUrl: "/api" });
for await (const part of minara.chatStream({ message: "${m.symbol} analizi" })) {
  output.append(part.text);
}
\`\`\`

Anahtar sunucuda kalır: sayfa **sizin** Worker'ınızla, Worker da Minara ile konuşur.${deep ? `

### Çağrılar

| Çağrı | Sonuç |
| --- | --- |
| \`chat\`, \`chatStream\` | tüm yanıt ya da yazıldıkça |
| \`intentToSwap\` | teklif ve imzasız işlem |
| \`perpTradingSuggestion\` | yön, giriş, zarar kes, hedef |
| \`predictionMarketAsk\` | her sonuç için olasılık |

### İyi alışkanlıklar

- **Okunmayan akışı durdurun:** döngüden çıkmak onu kapatır.
- **\`requestId\` kullanın:** aynı yanıt iki kez ücretlendirilmez.
- İletiye değil **\`error.code\`** alanına bakın.

${MORE}` : ""}`,

  general: (m, deep) => `## Neler sorabilirsiniz

- **Piyasa:** “SOL'ün son fiyat hareketini analiz et.”
- **Takas:** “0.1 ETH'yi USDC'ye nasıl çeviririm?”
- **Vadeli:** “10 kat kaldıraçta zarar kes nerede olmalı?”
- **Tahmin:** “Polymarket fiyatı nasıl okunur?”${deep ? `

### Hangi kip

| Kip | Ne için | Süre |
| --- | --- | ---: |
| \`fast\` | bir sayı, bir tanım, ilk bakış | saniyeler |
| \`expert\` | gerekçeli ve riskleriyle bir karar | 10–30 sn |

1. **Token** ve **zaman aralığını** yazın.
2. Yalnızca neyi bilmek değil, neye **karar vermek** istediğinizi söyleyin.
3. **Riskleri** sorun: en kolay atlanan bölüm odur.

${MORE}` : ""}`,
};
