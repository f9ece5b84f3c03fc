using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Upkeep;

namespace CrmPortal.Commands;

internal sealed class RecalculateCommand(RecalculateService figures, PhoneUpkeep phones) : ICommand
{
    public static CommandForm Form { get; } = new("recalculate",
        "Computes the figures of all customers anew, mends phones that were guessed wrong, and says how many were wrong; there should be none.") { UsesDatabase = true };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var corrected = await figures.RunAsync(new Lines(output.Error), cancellationToken);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{corrected:N0} customers corrected"));
        var mended = await phones.RunAsync(cancellationToken);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mended.Mended:N0} phones corrected"));
        if (mended.InDoubt == 0) return 0;
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{mended.InDoubt:N0} phones are in no numbering plan that is known and were left as they are:"));
        foreach (var place in mended.Places) output.Out.WriteLine("  " + place);
        if (mended.InDoubt > mended.Places.Count) output.Out.WriteLine("  …");
        return 0;
    }

    /// <summary>Reports progress at intervals, immediately and in order.</summary>
    private sealed class Lines(TextWriter error) : IProgress<long>
    {
        private const long Every = 100_000;

        public void Report(long value)
        {
            if (value % Every == 0) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value:N0} customers"));
        }
    }
}
