using System.Text.RegularExpressions;
using MimeKit;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>Tells what people write from what programs send, by what either puts into the headers.</summary>
internal static partial class MailKinds
{
    public static MailKind Of(HeaderList headers, MailReport report, string subject)
    {
        if (report.IsRejection) return MailKind.Refusal;
        if (report.IsDelivery || report.Failed.Count > 0) return Delivery(report);
        // A receipt says that a mail was read, or deleted unread.
        if (report.IsReceipt) return MailKind.AutoReply;
        if (MailReport.IsFromMailer(headers) && Delayed().IsMatch(subject)) return MailKind.DelayNotice;
        if (MailReport.IsFromMailer(headers) && Undelivered().IsMatch(subject)) return MailKind.Bounce;
        if (IsAutomatic(headers, subject)) return MailKind.AutoReply;
        if (IsList(headers)) return MailKind.MailingList;
        return IsSilencing(headers) ? MailKind.AutoReply : MailKind.Written;
    }

    private static MailKind Delivery(MailReport report) =>
        report.Failed.Any(r => r.Action == "failed") ? MailKind.Bounce
        : report.Failed.Any(r => r.Action == "delayed") ? MailKind.DelayNotice : MailKind.AutoReply;

    private static bool IsAutomatic(HeaderList headers, string subject) =>
        (MailHeaders.Value(headers, "Auto-Submitted") is { Length: > 0 } submitted
            && !First(submitted).Equals("no", StringComparison.OrdinalIgnoreCase))
        || MailHeaders.Values(headers, "Precedence").Any(p => First(p).ToLowerInvariant() is "auto_reply" or "auto-reply" or "autoreply")
        || Has(headers, "X-Autoreply") || Has(headers, "X-Autorespond") || Has(headers, "X-Autoresponse") || Has(headers, "X-Autoresponder")
        || Has(headers, "X-Autoreply-From") || Has(headers, "X-Mail-Autoreply")
        || (MailHeaders.Value(headers, "X-Mailer") ?? "").Contains("vacation", StringComparison.OrdinalIgnoreCase)
        || headers.Any(h => h.Field.StartsWith("X-Vacation", StringComparison.OrdinalIgnoreCase))
        || (MailHeaders.Value(headers, "X-MS-Exchange-Generated-Message-Source") ?? "")
            .Contains("Mailbox Rules Agent", StringComparison.OrdinalIgnoreCase)
        || (MailHeaders.Value(headers, "Return-Path") is { } path && path.Replace(" ", "", StringComparison.Ordinal) == "<>")
        || (headers.Any(h => h.Field.StartsWith("X-MS-", StringComparison.OrdinalIgnoreCase)) && OutOfOffice().IsMatch(subject));

    /// <summary>Wishes for no answer, as notices of programs do, and lists as well.</summary>
    private static bool IsSilencing(HeaderList headers) =>
        MailHeaders.Value(headers, "X-Auto-Response-Suppress") is { Length: > 0 } suppressed
        && !suppressed.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static bool IsList(HeaderList headers) =>
        Has(headers, "List-Id") || Has(headers, "List-Unsubscribe") || Has(headers, "List-Post")
        || MailHeaders.Values(headers, "Precedence").Any(p => First(p).ToLowerInvariant() is "list" or "bulk" or "junk");

    private static bool Has(HeaderList headers, string name) =>
        headers.Any(h => h.Field.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string First(string value) => value.Split(' ', ';', '(')[0].Trim();

    [GeneratedRegex(@"undeliver|delivery (?:status notification|failure|has failed|report)|returned (?:mail|to sender)|mail delivery (?:failed|failure|system)"
        + @"|failure notice|unzustellbar|non remis|no (?:se ha podido entregar|entregado)|mancato recapito",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Undelivered();

    [GeneratedRegex(@"delayed|warning: could not send|verzögert", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Delayed();

    [GeneratedRegex(@"^(?:Automatic reply|Out of Office|Automatische Antwort|Abwesenheitsnotiz|Respuesta automática|Réponse automatique"
        + @"|Risposta automatica|Resposta automática|Automatisch antwoord|Autosvar|Automaattinen vastaus|Automatyczna odpowiedź"
        + @"|Автоматический ответ|自动答复|自動応答)\s*[:：]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OutOfOffice();
}
