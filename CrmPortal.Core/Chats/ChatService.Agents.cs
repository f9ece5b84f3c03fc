using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <content>Who takes chats.</content>
public sealed partial class ChatService
{
    private const int MostAgents = 500;
    private const int MostAtOnce = 20;

    /// <summary>Whether the acting user takes chats, and how many at once.</summary>
    public async Task<(bool IsAvailable, int MostChats)> OwnAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = await db.ChatAgents.AsNoTracking().FirstOrDefaultAsync(a => a.UserId == me, cancellationToken);
        return (own?.IsAvailable == true, own?.MostChats ?? ChatAgent.UsualMost);
    }

    /// <summary>Says whether the acting user takes chats, and how many at once.</summary>
    /// <exception cref="RuleViolationException">It is not 1 to 20 chats.</exception>
    public async Task SetOwnAsync(bool isAvailable, int mostChats, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        if (mostChats is < 1 or > MostAtOnce)
            throw new RuleViolationException("MostChats", "Choose a number from {0} to {1}.", 1, MostAtOnce);
        if (grant.Actor.UserId is not { } me) return;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var own = await db.ChatAgents.FirstOrDefaultAsync(a => a.UserId == me, cancellationToken);
            if (own is null) db.ChatAgents.Add(own = new() { UserId = me });
            (own.IsAvailable, own.MostChats) = (isAvailable, mostChats);
            await db.SaveWithoutRecordAsync(cancellationToken);
        }

        door.Forget();
        await signals.TellAsync(new(0, ChatNews.State, false));
    }

    /// <summary>Whoever may chat, those who are there first.</summary>
    public async Task<IReadOnlyList<ChatAgentDetails>> AgentsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // A role keeps its permissions in one text, which the database does not look into.
        var roles = (await db.Roles.AsNoTracking().ToListAsync(cancellationToken))
            .Where(r => r.Permissions.Contains(Permissions.ChatWork)).Select(r => r.Id).ToList();
        var users = await db.Users.Where(u => u.DisabledAt == null && u.CustomerId == null && u.Roles.Any(r => roles.Contains(r.RoleId)))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostAgents).Select(u => new
            {
                u.Id, u.DisplayName, u.UserName, Own = db.Set<ChatAgent>().FirstOrDefault(a => a.UserId == u.Id),
            }).ToListAsync(cancellationToken);
        var taken = await db.Chats.Open().Where(c => c.State == ChatState.Active && c.AgentId != null).GroupBy(c => c.AgentId!.Value)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var present = door.Present();
        return [.. users.Select(u => new ChatAgentDetails(u.Id, u.DisplayName.Length > 0 ? u.DisplayName : u.UserName,
            u.Own?.IsAvailable == true && present.Contains(u.Id), taken.GetValueOrDefault(u.Id), u.Own?.MostChats ?? ChatAgent.UsualMost))
            .OrderByDescending(a => a.IsThere)];
    }
}
