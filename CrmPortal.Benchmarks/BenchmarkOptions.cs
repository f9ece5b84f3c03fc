using System.Globalization;

namespace CrmPortal.Benchmarks;

/// <summary>What the arguments ask for; see <see cref="Help"/>.</summary>
internal sealed record BenchmarkOptions
{
    public const string Help = """
        CrmPortal.Benchmarks [--customers N[,N…]] [--orders M[,M…]] [--provider sqlite|postgres] [--connection …]
                             [--filter words] [--circuits N] [--data FOLDER] [--program FOLDER]
                             [--against FOLDER [--rounds N]] [--out FILE.md]

        --customers   how many customers the data have; several sizes are measured one after the other and compared (100000)
        --orders      how many orders, for each size (ten for each customer)
        --provider    the database (sqlite); for postgres, --connection names an empty one, or one that an earlier run has filled
        --filter      measures only works whose names hold one of the words
        --data        keeps the seeded data in this folder and uses what is there; without it they are removed afterwards
        --program     a published build to measure; without it one is published from the sources
        --against     a folder of an older build, made by ./dev bench FOLDER there: both are measured in turn, on copies of its data
        --rounds      how often each is measured with --against (2)
        --circuits    how many pages are open at a time in the works about circuits (1000 on one node, 500 on two)
        --out         writes the table into this file as well
        """;

    private const int UsualCustomers = 100_000;
    private const int OrdersOfACustomer = 10;

    public IReadOnlyList<int> Customers { get; private init; } = [UsualCustomers];

    public IReadOnlyList<int> Orders { get; private init; } = [];

    public bool IsPostgres { get; private init; }

    public string Connection { get; private init; } = "";

    public IReadOnlyList<string> Filter { get; private init; } = [];

    public string? Data { get; private init; }

    public string? Program { get; private init; }

    public string? Out { get; private init; }

    public string? Against { get; private init; }

    public int Rounds { get; private init; } = 2;

    /// <summary>How many pages are open at a time; null for what the work usually takes.</summary>
    public int? Circuits { get; private init; }

    public int OrdersOf(int index) => index < Orders.Count ? Orders[index] : Customers[index] * OrdersOfACustomer;

    public bool Wants(string work) => Filter.Count == 0 || Filter.Any(w => work.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="FormatException">An argument cannot be understood; the message says which.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value.");
            options = args[i] switch
            {
                "--customers" => options with { Customers = Numbers(args[i], value) },
                "--orders" => options with { Orders = Numbers(args[i], value) },
                "--provider" =>
                    options with { IsPostgres = value.ToUpperInvariant() switch { "SQLITE" => false, "POSTGRES" => true,
                    _ => throw new FormatException("--provider is sqlite or postgres.") } },
                "--connection" => options with { Connection = value },
                "--filter" => options with { Filter = value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) },
                "--data" => options with { Data = Path.GetFullPath(value) },
                "--program" => options with { Program = Path.GetFullPath(value) },
                "--against" => options with { Against = Path.GetFullPath(value) },
                "--rounds" => options with { Rounds = Math.Clamp(Numbers(args[i], value)[0], 1, 20) },
                "--circuits" => options with { Circuits = Math.Clamp(Numbers(args[i], value)[0], 1, 20_000) },
                "--out" => options with { Out = Path.GetFullPath(value) },
                _ => throw new FormatException($"{args[i]} is not known."),
            };
        }

        if (options.IsPostgres && options.Connection.Length == 0) throw new FormatException("--provider postgres needs --connection.");
        if (options.IsPostgres && options.Customers.Count > 1)
            throw new FormatException("Several sizes are measured on sqlite only; each needs a database of its own.");
        return options;
    }

    private static List<int> Numbers(string name, string text) => [.. text.Split(',').Select(part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw new FormatException($"{name} is “{text}”; it must be whole numbers."))];
}
