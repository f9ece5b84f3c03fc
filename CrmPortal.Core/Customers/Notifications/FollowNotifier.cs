using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Notifications;

/// <summary>Notifies followers of a change; while a notification is unread, further changes add none.</summary>
internal sealed class FollowNotifier(IDatabaseProvider provider, TimeProvider clock) : IOutboxSubscriber
{
    /// <summary>Stands in the statement that looks for followers, so that it is told from those of pages.</summary>
    internal const string LookingTag = "Followers of a changed customer";

    // Asked with every change of a customer, and hardly anybody follows one.
    private static readonly CompiledQueries<Func<CrmDbContext, long, long?, IAsyncEnumerable<long>>> Followers = new(() =>
        EF.CompileAsyncQuery((CrmDbContext db, long customerId, long? actorId) => db.Set<CustomerFollower>().TagWith(LookingTag)
            .Where(f => f.CustomerId == customerId && f.UserId != actorId
                && !db.Set<Notification>().Any(n => n.UserId == f.UserId && n.CustomerId == f.CustomerId
                    && n.Kind == NotificationKind.FollowedChanged && n.ReadAt == null))
            .Select(f => f.UserId)));

    public string Name => "followers";

    public async Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        if (!happened.Topic.StartsWith("customer.", StringComparison.Ordinal)) return;
        var payload = JsonSerializer.Deserialize<EventPayload>(happened.Payload);
        await using var db = provider.CreateContext(null);
        var followers = await Followers.For(db)(db, happened.SubjectId, payload?.ActorId).ToListAsync(cancellationToken);
        if (followers.Count == 0) return;
        foreach (var user in followers)
            db.Notifications.Add(new Notification { UserId = user, Kind = NotificationKind.FollowedChanged, CustomerId = happened.SubjectId,
                ActorName = payload?.ActorName ?? "", CreatedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
    }
}
