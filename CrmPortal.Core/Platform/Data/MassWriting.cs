using System.Diagnostics;

namespace CrmPortal.Core.Platform.Data;

/// <summary>Manners of background works that write masses.</summary>
internal static class MassWriting
{
    /// <summary>Rows after which somebody who waits is let in.</summary>
    public const int StepSize = 100;

    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(100);

    /// <summary>After a transaction: rests until those who were waiting have begun theirs.</summary>
    public static async Task LetOthersInAsync(this IDatabaseProvider provider, CancellationToken cancellationToken)
    {
        for (var rest = Stopwatch.StartNew(); provider.IsSomebodyWaiting && rest.Elapsed < LongestRest;)
            await Task.Delay(1, cancellationToken);
    }
}
