using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Imports;

/// <summary>Headings that say whether somebody wants advertising, by which channel: a consent, or an objection.</summary>
internal static class WishHeading
{
    private static readonly HashSet<string> Consent = ["consent", "consents", "optin", "accepts", "accept", "marketing", "subscribed",
        "subscribe", "subscriber", "subscription", "newsletter", "permission", "agreed", "advertising", "promotional", "promotions", "receive",
        "einwilligung", "werbung", "werbeeinwilligung", "zustimmung", "abonniert", "consentement", "abonne", "infolettre",
        "consentimiento", "suscrito", "boletin", "publicidad", "consenso", "iscritto", "toestemming", "nieuwsbrief", "zgoda",
        "biuletyn", "consentimento", "inscrito"];

    private static readonly HashSet<string> Objection = ["optedout", "optout", "unsubscribed", "unsubscribe", "donotcall", "donotemail",
        "donotmail", "donotcontact", "donottext", "donotsms", "dnc", "abgemeldet", "widerspruch", "werbesperre", "werbewiderspruch",
        "desabonne", "baja", "disiscritto", "uitgeschreven", "wypisany"];

    /// <summary>What has nothing to do with advertising by the shop itself, or says when and how and not whether.</summary>
    private static readonly HashSet<string> Other = ["partner", "partners", "third", "party", "notification", "notifications", "order",
        "ip", "source", "method", "level", "by", "url", "count", "total", "rating", "campaign"];

    private static readonly HashSet<string> Times = ["time", "date", "at", "on", "timestamp", "datum", "fecha", "data"];

    /// <summary>The field of a heading, or null where it is about something else.</summary>
    /// <param name="isDate">Whether the column holds dates.</param>
    public static string? FieldOf(Heading heading, bool isDate)
    {
        var words = Joined(heading.Words);
        if (words.Overlaps(Other)) return null;
        var isObjection = words.Overlaps(Objection);
        if (!isObjection && !words.Overlaps(Consent)) return null;
        if (isDate) return !isObjection && words.Overlaps(Times) ? ImportFields.ConsentAt : null;
        if (words.Overlaps(Times.Except(["on", "at"]))) return null;
        return (isObjection, ChannelOf(words)) switch
        {
            (false, Channel.Email) => ImportFields.ConsentEmail,
            (false, Channel.Sms) => ImportFields.ConsentSms,
            (false, Channel.Whatsapp) => ImportFields.ConsentWhatsapp,
            (false, Channel.Phone) => ImportFields.ConsentPhone,
            (true, Channel.Email) => ImportFields.ObjectionEmail,
            (true, Channel.Sms) => ImportFields.ObjectionSms,
            (true, Channel.Phone) => ImportFields.ObjectionPhone,
            _ => null,
        };
    }

    private static Channel ChannelOf(HashSet<string> words) =>
        words.Overlaps(["sms", "text", "texts", "donottext", "donotsms"]) ? Channel.Sms
        : words.Contains("whatsapp") ? Channel.Whatsapp
        : words.Overlaps(["phone", "call", "calls", "telephone", "telefon", "telefono", "donotcall", "dnc"]) ? Channel.Phone
        : words.Overlaps(["post", "postal", "letter", "push", "brief"]) ? Channel.Post
        : Channel.Email;

    /// <summary>The words, with those that belong together as one too: "opted out", "do not call".</summary>
    private static HashSet<string> Joined(IReadOnlyList<string> words)
    {
        var all = words.ToHashSet();
        for (var i = 0; i + 1 < words.Count; i++)
        {
            all.Add(words[i] + words[i + 1]);
            if (i + 2 < words.Count) all.Add(words[i] + words[i + 1] + words[i + 2]);
        }

        // "Do not call me": not what is joined, but the words themselves would say the opposite.
        if (all.Contains("donot") || all.Contains("no") || all.Contains("keine")) all.ExceptWith(["receive"]);
        return all;
    }
}
