using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Notifications;

/// <summary>Tells members of staff who are named in a text with an @.</summary>
internal static class Mentions
{
    private const int MostUsers = 2_000;

    /// <param name="before">The text that was there before; who was named in it already is not told again.</param>
    public static async Task TellAsync(CrmDbContext db, long customerId, string text, string? before, Actor actor, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        foreach (var user in await NamedAsync(db, text, before, actor, cancellationToken))
            db.Notifications.Add(new Notification { UserId = user, Kind = NotificationKind.Mentioned, CustomerId = customerId,
                ActorName = actor.Name, CreatedAt = now });
    }

    /// <summary>Who is named in a text, apart from whoever wrote it and those who were named before.</summary>
    public static async Task<IReadOnlyList<long>> NamedAsync(CrmDbContext db, string text, string? before, Actor actor,
        CancellationToken cancellationToken)
    {
        if (!text.Contains('@', StringComparison.Ordinal)) return [];
        var users = await db.Users.Where(u => u.DisabledAt == null && u.CustomerId == null && u.DisplayName != "").OrderBy(u => u.Id)
            .Take(MostUsers).Select(u => new { u.Id, u.DisplayName }).ToListAsync(cancellationToken);
        return [.. users.Where(u => u.Id != actor.UserId && Names(text, u.DisplayName)
            && !(before is not null && Names(before, u.DisplayName))).Select(u => u.Id)];
    }

    /// <summary>
    /// Whether the text holds @ and the whole name; @Ann is not @Anna, and an @ within a word, as in an e-mail address, names nobody.
    /// </summary>
    internal static bool Names(string text, string name)
    {
        text = StoredText.Composed(text);
        var mention = "@" + StoredText.Composed(name);
        for (var at = text.IndexOf(mention, StringComparison.OrdinalIgnoreCase); at >= 0;
            at = text.IndexOf(mention, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + mention.Length;
            if (BeginsWord(text, at) && (end == text.Length || !char.IsLetterOrDigit(text[end]))) return true;
        }

        return false;
    }

    /// <summary>What may stand before the @ of an e-mail address does not stand before a mention.</summary>
    private static bool BeginsWord(string text, int at) =>
        at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || char.IsSurrogate(text[at - 1])
            || (".+-%_".Contains(text[at - 1], StringComparison.Ordinal) && at > 1 && char.IsLetterOrDigit(text[at - 2])));
}
