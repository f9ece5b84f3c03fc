using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>
/// Knows whether somebody is there to chat. Every visitor of a site may ask, so the answer is good for some seconds.
/// </summary>
public sealed class ChatDoor(IDatabaseProvider provider, Presence presence, TimeProvider clock)
{
    /// <summary>What agents are present at whose pages are open.</summary>
    public const string Subject = "chat-agents";

    /// <summary>Stands in the statements of an answer that is good for some seconds, whoever asks.</summary>
    public const string LookingTag = "Looks whether there is chat";

    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private (ChatDoorState State, DateTimeOffset At)? _known;

    internal async Task<ChatDoorState> StateAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now - known.At < GoodFor && now >= known.At) return known.State;
        var state = await ReadAsync(now, cancellationToken);
        _known = (state, now);
        return state;
    }

    /// <summary>After settings or somebody's availability changed on this node.</summary>
    internal void Forget() => _known = null;

    /// <summary>Those who have a page open.</summary>
    internal IReadOnlySet<long> Present() => presence.Others(Subject, "").Select(v => v.UserId).ToHashSet();

    private async Task<ChatDoorState> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var settings = await db.ChatSettings.TagWith(LookingTag).AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new();
        if (!settings.IsOn) return new(false, false, settings.Asks, null, []);
        return new(true, await IsOpenAsync(db, now, cancellationToken), settings.Asks, settings.Greeting, settings.Origins);
    }

    private async Task<bool> IsOpenAsync(CrmDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var present = Present();
        if (present.Count == 0 || !await db.ChatAgents.TagWith(LookingTag).AnyAsync(a => a.IsAvailable && present.Contains(a.UserId),
            cancellationToken))
            return false;
        var hours = await db.SupportCalendars.TagWith(LookingTag).Where(c => c.IsUsual).Select(c =>
            c.HoursJson).FirstOrDefaultAsync(cancellationToken);
        return hours is null || BusinessHours.Parse(hours).IsOpen(now);
    }
}
