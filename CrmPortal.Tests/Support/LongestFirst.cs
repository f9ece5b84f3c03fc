using CrmPortal.Tests.Audit;
using CrmPortal.Tests.Duplicates;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(LongestFirst))]

namespace CrmPortal.Tests.Support;

/// <summary>Begins with the classes that take longest, so that none of them runs alone at the end while the other lane is empty.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Long =
        [typeof(OnlineRetailTests), typeof(LedgerOracleTests), typeof(MergeHistoryTests), typeof(KilledServerTests),
            typeof(UndoHistoryTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place).ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(Long, type => collection.TestCollectionDisplayName.Contains(type.FullName!, StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
