using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>How the acting user has arranged home: names of tiles in their order, and which of them are hidden.</summary>
public sealed class HomeService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    public const int MostTiles = 30;

    /// <summary>The tiles as the user left them; null where they never arranged any.</summary>
    public async Task<IReadOnlyList<HomeTile>?> GetAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var text = await db.Users.Where(u => u.Id == grant.Actor.UserId).Select(u => u.Home).FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new HomeTile(name.TrimStart('-'), name.StartsWith('-')))];
    }

    /// <summary>Keeps an arrangement; null takes it away again.</summary>
    /// <exception cref="RuleViolationException">There are too many tiles, or a name is none.</exception>
    public async Task SetAsync(IReadOnlyList<HomeTile>? tiles, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (tiles?.Count > MostTiles || tiles?.Any(t => t.Name.Length is 0 or > 20 || !t.Name.All(char.IsAsciiLetterLower)) == true)
            throw new RuleViolationException("", "There is no such tile.");
        var text = tiles is null ? null : string.Join(',', tiles.Select(t => (t.IsHidden ? "-" : "") + t.Name));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Users.Where(u => u.Id == grant.Actor.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Home, text), cancellationToken);
    }
}

/// <summary>A tile of home.</summary>
public sealed record HomeTile(string Name, bool IsHidden);
