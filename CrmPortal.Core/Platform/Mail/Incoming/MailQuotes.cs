using System.Text;
using System.Text.RegularExpressions;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// Which lines of an answer are new and which repeat the mail that is answered. Programs mark it in a hundred ways and people write
/// between the lines; where it is not clear, everything is new, since a line too many is read over and a line too few is lost.
/// </summary>
internal static partial class MailQuotes
{
    /// <summary>An introduction may be wrapped over so many lines.</summary>
    private const int LongestIntroduction = 3;

    /// <summary>Later lines are not looked at: whoever writes so much by hand quotes below it in vain.</summary>
    private const int MostLines = 20_000;

    /// <summary>The new and the quoted lines of a text.</summary>
    /// <param name="isForward">What follows is what the mail is about, so that only lines with <c>&gt;</c> count as quoted.</param>
    /// <param name="marked">Where a program has marked the quotation.</param>
    public static (string New, string Quoted) Split(string text, bool isForward, int? marked = null)
    {
        if (text.Length == 0) return ("", "");
        var lines = text.Split('\n');
        if (lines.Length > MostLines) return (text, "");
        var at = 0;
        for (var i = 0; i < lines.Length; at += lines[i].Length + 1, i++)
        {
            // A mail that is passed on is news, with all that it quotes in turn.
            if (Forwarded().IsMatch(lines[i])) return (text, "");
            if (IsQuoted(lines[i])) return Block(text, lines, i, i);
            if (Introduction(lines, i) is { } after)
            {
                if (NextFilled(lines, after) is { } next && IsQuoted(lines[next])) return Block(text, lines, i, next);
                return Below(text, lines, i);
            }

            if (isForward) continue;
            if (Original().IsMatch(lines[i]) || IsHeaders(lines, i)) return Below(text, lines, i);
            if (marked is { } start && at >= start && lines[i].Trim().Length > 0) return Below(text, lines, i);
        }

        return (text, "");
    }

    /// <summary>The words that mail programs put before the subject of what is passed on.</summary>
    public static bool IsForward(string subject) => ForwardSubject().IsMatch(subject);

    /// <summary>Everything from a line on is quoted; if nothing stands above it, it is not: somebody wrote below, or sent it on.</summary>
    private static (string New, string Quoted) Below(string text, string[] lines, int from)
    {
        if (NextFilled(lines, 0) is not { } first || first >= from) return (text, "");
        while (from > first + 1 && Rule().IsMatch(lines[from - 1])) from--;
        return (Joined(lines[..from]), Joined(lines[from..]));
    }

    /// <summary>
    /// One block of lines with <c>&gt;</c>, with what introduces it, is quoted; with several, somebody answers line by line.
    /// </summary>
    private static (string New, string Quoted) Block(string text, string[] lines, int from, int quote)
    {
        if (from == quote) from = Before(lines, quote);
        var end = quote;
        for (var i = quote; i < lines.Length; i++)
        {
            if (IsQuoted(lines[i])) end = i + 1;
            else if (lines[i].Trim().Length > 0 && !IsWrapped(lines, i)) break;
        }

        var (above, below) = (lines[..from], lines[end..]);
        if (below.Any(IsQuoted)) return (text, "");
        // A single quoted line in the middle of a text is part of what it says.
        var (hasAbove, hasBelow) = (NextFilled(above, 0) is not null, NextFilled(below, 0) is not null);
        if (!hasAbove && !hasBelow) return (text, "");
        if (hasAbove && hasBelow && from == quote) return (text, "");
        var fresh = Joined(above);
        if (hasBelow) fresh = fresh.Length == 0 ? Joined(below) : fresh + "\n\n" + Joined(below);
        return (fresh, Joined(lines[from..end]));
    }

    /// <summary>A line that a program broke in the middle of a quotation stands alone between quoted ones.</summary>
    private static bool IsWrapped(string[] lines, int i) =>
        i > 0 && i + 1 < lines.Length && IsQuoted(lines[i - 1]) && IsQuoted(lines[i + 1])
        && lines[i].Length < 30 && lines[i - 1].Length > 60;

    /// <summary>Where an introduction in an unknown language begins: a line with a date or an address that ends with a colon.</summary>
    private static int Before(string[] lines, int quote)
    {
        var last = quote - 1;
        while (last >= 0 && lines[last].Trim().Length == 0) last--;
        return last >= 0 && quote - last <= 2 && Unknown().IsMatch(lines[last]) ? last : quote;
    }

    /// <summary>Whether an introduction begins at a line, and the line behind it.</summary>
    private static int? Introduction(string[] lines, int from)
    {
        if (lines[from].Trim().Length == 0) return null;
        var joined = new StringBuilder();
        for (var i = from; i < Math.Min(from + LongestIntroduction, lines.Length) && lines[i].Trim().Length > 0; i++)
        {
            joined.Append(i > from ? " " : "").Append(lines[i].Trim());
            if (joined.Length > 400) return null;
            var sentence = joined.ToString();
            if (EndsLikeOne(sentence) && Written().IsMatch(sentence)) return i + 1;
        }

        return null;
    }

    private static bool EndsLikeOne(string sentence) => sentence[^1] is ':' or '：' && sentence.Any(char.IsDigit);

    /// <summary>Whether the headers of a mail stand here as text, as Outlook writes them.</summary>
    private static bool IsHeaders(string[] lines, int from)
    {
        if (!FromHeader().IsMatch(lines[from])) return false;
        var others = 0;
        for (var i = from + 1; i < Math.Min(from + 9, lines.Length); i++) if (OtherHeader().IsMatch(lines[i])) others++;
        return others >= 2;
    }

    private static bool IsQuoted(string line) => line.StartsWith('>') && !line.StartsWith(">From ", StringComparison.Ordinal);

    private static int? NextFilled(string[] lines, int from)
    {
        for (var i = from; i < lines.Length; i++) if (lines[i].Trim().Length > 0) return i;
        return null;
    }

    private static string Joined(string[] lines) => string.Join('\n', lines).Trim('\n', ' ', '\t');

    /// <summary>The place in a plain text that has as many letters before it as another text, if they are the same letters.</summary>
    public static int? SamePlace(string text, string other)
    {
        var at = 0;
        foreach (var letter in other.Where(char.IsLetterOrDigit))
        {
            while (at < text.Length && !char.IsLetterOrDigit(text[at])) at++;
            if (at == text.Length || text[at] != letter) return null;
            at++;
        }

        while (at < text.Length && text[at] != '\n') at++;
        return at;
    }

    [GeneratedRegex(@"^\s*(?:-{2,}|_{2,})?\s*(?:Begin forwarded message|Forwarded message|Forwarded Message|Weitergeleitete Nachricht"
        + @"|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Mensaje reenviado|Inicio del mensaje reenviado|Message transféré"
        + @"|Début du message (?:réexpédié|transféré)|Messaggio inoltrato|Inizio messaggio inoltrato|Mensagem encaminhada"
        + @"|Doorgestuurd bericht|Videresendt meddelelse|Vidarebefordrat meddelande|Przekazana wiadomość|Пересылаемое сообщение"
        + @"|Начало переадресованного сообщения|Yönlendirilmiş ileti|转发的邮件|转发邮件信息|転送メッセージ|전달된 메일)\s*:?\s*(?:-{2,}|_{2,})?\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Forwarded();

    [GeneratedRegex(@"^\s*(?:Fwd?|WG|RV|TR|I|ENC|Doorst|VS|VB|PD|İLT|ILT|YNT-ILT|转发|轉寄|転送|전달)\s*[:：]",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ForwardSubject();

    [GeneratedRegex(@"^\s*-{2,}\s*(?:Original Message|Original message|Original Appointment|Ursprüngliche Nachricht|Originalnachricht"
        + @"|Original-Nachricht|Ursprünglicher Termin|Mensaje original|Missatge original|Message d['’]origine|Message original"
        + @"|Messaggio originale|Mensagem original|Oorspronkelijk bericht|Ursprungligt meddelande|Originalmeddelande"
        + @"|Oprindelig meddelelse|Opprinnelig melding|Alkuperäinen viesti|Wiadomość oryginalna|Původní zpráva|Eredeti üzenet"
        + @"|Mesaj original|Исходное сообщение|Оригінальне повідомлення|Özgün İleti|Orijinal Mesaj|原始邮件|邮件原件|元のメッセージ|원본 메시지)\s*-{2,}\s*$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Original();

    [GeneratedRegex(@"^(?:On\b.+\bwrote|At\b.+\bwrote|.+\bwrote on\b.+|Am\b.+\bschrieb\b.*|.+\bschrieb am\b.+|El\b.+\bescribió|Le\b.+\ba écrit\s?"
        + @"|Il\b.+\bha scritto|Em\b.+\bescreveu|A\b.+\bescreveu|Op\b.+\bschreef\b.*|Den\b.+\bskrev\b.*|På\b.+\bskrev\b.*|.+\bskrev\b.*"
        + @"|.+\bkirjoitti\b.*|.+\bnapisał(?:a|\(a\)|/a)?|.+\bpisze|Dne\b.+\bnapsal(?:a|\(a\))?|.+\bnapísal(?:a|\(a\))?|.+\bwrote"
        + @"|.+\b(?:написал|пишет|писал)(?:а|\(а\))?|.+\b(?:пише|написав|написала)|.+\byazdı|.+\bírta(?: \(.+\))?|.+\ba scris|.+\bva escriure"
        + @"|.+έγραψε|.+(?:さんは書きました|のメール|さんのメッセージ)|.+写道|.+寫道|.+(?:님이 작성|작성))\s*[:：]$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Written();

    [GeneratedRegex(@"^.{0,300}(?:\d|@).{0,300}[:：]\s*$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"^\s*\*?(?:From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|Feladó|De la|От|Від|Kimden|Gönderen|发件人|寄件者|差出人|보낸 사람)\s*\*?\s*[:：]\s*\*?\s*\S",
        RegexOptions.CultureInvariant)]
    private static partial Regex FromHeader();

    [GeneratedRegex(@"^\s*\*?(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Enviado(?: el| em)?|Fecha|Para|Asunto|Assunto|Data"
        + @"|Envoyé|À|Objet|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|Lähetetty|Vastaanottaja|Aihe"
        + @"|Wysłano|Do|Temat|Odesláno|Komu|Předmět|Küldve|Címzett|Tárgy|Отправлено|Дата|Кому|Тема|Надіслано|Gönderildi|Tarih|Kime|Konu"
        + @"|发送时间|收件人|主题|傳送時間|收件者|主旨|送信日時|宛先|件名|보낸 날짜|받는 사람|제목)\s*\*?\s*[:：]",
        RegexOptions.CultureInvariant)]
    private static partial Regex OtherHeader();

    [GeneratedRegex(@"^\s*(?:[_\-=*]{3,}\s*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();
}
