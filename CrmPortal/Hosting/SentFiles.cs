using CrmPortal.Core.Customers;

namespace CrmPortal.Hosting;

/// <summary>Messages that were written as files because there is no server to send them.</summary>
internal static class SentFiles
{
    private const string Receiver = "To: ";

    /// <summary>Where messages can be sent, no copies are kept.</summary>
    public static ISentCopies Of(object sender) => sender as ISentCopies ?? new NoCopies();

    /// <summary>Removes the files whose receiver is one of these.</summary>
    public static async Task RemoveAsync(string folder, string pattern, IReadOnlyCollection<string> receivers,
        CancellationToken cancellationToken)
    {
        if (receivers.Count == 0 || !Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, pattern).ToList())
            if (await ReceiverAsync(file, cancellationToken) is { } receiver && receivers.Contains(receiver)) File.Delete(file);
    }

    private static async Task<string?> ReceiverAsync(string file, CancellationToken cancellationToken)
    {
        const int HeaderLines = 10;
        await using var lines = File.ReadLinesAsync(file, cancellationToken).GetAsyncEnumerator(cancellationToken);
        for (var i = 0; i < HeaderLines && await lines.MoveNextAsync(); i++)
            if (lines.Current.StartsWith(Receiver,
                StringComparison.Ordinal)) return lines.Current[Receiver.Length..].Trim().ToLowerInvariant();
        return null;
    }

    private sealed class NoCopies : ISentCopies
    {
        public Task RemoveAsync(IReadOnlyCollection<string> emails, IReadOnlyCollection<string> phones,
            CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
