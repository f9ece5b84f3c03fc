using System.Globalization;
using CrmPortal.Core.Orders;

namespace CrmPortal.Commands;

internal sealed class RecalculateCommand(RecalculateService figures) : ICommand
{
    public static CommandForm Form { get; } = new("recalculate", "Computes the order figures of all customers anew and says how many were wrong; there should be none.") { UsesDatabase = true };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var corrected = await figures.RunAsync(new Lines(output.Error), cancellationToken);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{corrected:N0} customers corrected"));
        return 0;
    }

    /// <summary>Tells the progress every so many customers, at once and in order.</summary>
    private sealed class Lines(TextWriter error) : IProgress<long>
    {
        private const long Every = 100_000;

        public void Report(long value)
        {
            if (value % Every == 0) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value:N0} customers"));
        }
    }
}
