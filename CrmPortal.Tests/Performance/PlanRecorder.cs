using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Tests.Performance;

/// <summary>Asks SQLite, before each query of the program, how it will answer it.</summary>
internal sealed class PlanRecorder : DbCommandInterceptor
{
    private readonly ConcurrentQueue<string> _plans = [];

    /// <summary>Each query with the lines of its plan.</summary>
    public IReadOnlyList<string> Plans => [.. _plans];

    public void Clear() => _plans.Clear();

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
    {
        if (!command.CommandText.TrimStart().StartsWith("select", StringComparison.OrdinalIgnoreCase)) return result;
        await using var question = command.Connection!.CreateCommand();
        question.Transaction = command.Transaction;
        question.CommandText = "explain query plan " + command.CommandText;
        foreach (DbParameter parameter in command.Parameters)
        {
            var copy = question.CreateParameter();
            (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
            question.Parameters.Add(copy);
        }

        var lines = new List<string> { command.CommandText };
        await using var reader = await question.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) lines.Add("  " + reader.GetString(3));
        _plans.Enqueue(string.Join('\n', lines));
        return result;
    }

    /// <summary>Tables read from end to end; reading what the query itself gathered before does not count.</summary>
    public static IEnumerable<string> Scans(string plan)
    {
        var lines = plan.Split('\n').Select(l => l.Trim()).ToList();
        var gathered = lines.Where(l => l.StartsWith("MATERIALIZE ", StringComparison.Ordinal)
            || l.StartsWith("CO-ROUTINE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).ToHashSet();
        return lines.Where(l => l.StartsWith("SCAN ", StringComparison.Ordinal) && !l.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
            && !l.Contains("CONSTANT ROW", StringComparison.Ordinal) && !gathered.Contains(l.Split(' ')[1]));
    }
}
