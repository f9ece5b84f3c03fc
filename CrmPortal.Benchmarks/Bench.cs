using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Benchmarks;

/// <summary>What a work measures with.</summary>
/// <param name="Folder">For files that a work makes; removed afterwards.</param>
/// <param name="Database">Where the data are, for services from within.</param>
internal sealed record Bench(BenchmarkOptions Options, PublishedProgram Program, DatabaseOptions Database, string Folder, Inside Inside,
    BareDatabase Bare, Facts Facts, ResultTable Table)
{
    /// <summary>The server, while it runs.</summary>
    public Portal? Server { get; set; }

    public Portal Portal => Server ?? throw new InvalidOperationException("This work is done while no server runs.");
}

/// <summary>Something that is measured.</summary>
/// <param name="name">The words by which <c>--filter</c> finds it.</param>
internal abstract class Work(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether it is done after the server has stopped, since it takes the machine for itself.</summary>
    public virtual bool IsAlone => false;

    public abstract Task RunAsync(Bench bench, CancellationToken cancellationToken);
}
