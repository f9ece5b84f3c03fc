using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.SelfService;

/// <summary>The lists of a customer have pages of one size.</summary>
internal static class OwnLists
{
    private const int Size = 20;
    private const int Last = 1_000;

    /// <summary>The page of an address; of one that there cannot be, the nearest.</summary>
    public static PageRequest Page(int? number) => new(Math.Clamp(number ?? 1, 1, Last), Size);
}
