using System.Globalization;
using CrmPortal.Core.Demo;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Commands;

internal sealed class SeedCommand(SeedService seeds) : ICommand
{
    private const int UsualCustomers = 10_000;
    private const int OrdersOfACustomer = 10;

    public static CommandForm Form { get; } =
        new("seed", "Fills an empty database with demo customers and orders; the same arguments give the same data everywhere.")
    {
        Options = ["customers N", "orders M", "seed S", "until YYYY-MM-DD"], UsesDatabase = true,
    };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var customers = (int)(input.Number("customers", 1, SeedRequest.MostCustomers) ?? UsualCustomers);
        var orders = (int)(input.Number("orders", 0, SeedRequest.MostOrders)
            ?? Math.Min((long)customers * OrdersOfACustomer, SeedRequest.MostOrders));
        var request = new SeedRequest(customers, orders, input.Number("seed", 0, long.MaxValue) ?? 1, input.Day("until")
            ?? SeedRequest.UsualEnd);
        var made = await seeds.RunAsync(request, output, cancellationToken);
        var revenue = Money.ToDecimal(made.Revenue, made.Currency);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed --customers {request.Customers} --orders {request.Orders} --seed {request.Seed} --until {request.Until:yyyy-MM-dd}"));
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{made.Customers:N0} customers of {made.Cultures} countries, {made.Orders:N0} orders ({made.Anonymous:N0} anonymous), {made.Lines:N0} lines, {made.Refunds:N0} refunds"));
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"revenue {revenue:N2} {made.Currency}, of it {made.TopFifth * 100:0.0} % by the top fifth of buyers"));
        output.Out.WriteLine($"checksum {made.Checksum}");
        return 0;
    }
}
