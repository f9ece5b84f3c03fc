using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>A merge whose rows have moved, in its transaction and under the locks of its customers.</summary>
/// <param name="Ids">The survivor and those who were merged into them.</param>
/// <param name="Moves">How many rows of each kind have moved.</param>
internal sealed record MergeSettlement(
    CrmDbContext Db, IDatabaseProvider Provider, Actor Actor, ShopOptions Shop, DateTimeOffset Now, long SurvivorId,
    IReadOnlyList<long> Ids, IReadOnlyList<MergeMove> Moves);
