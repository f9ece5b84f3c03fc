using System.Globalization;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.Options;

namespace CrmPortal.Commands;

internal sealed class ImportCommand(ImportService imports, ImportRunner runner, IOptions<ShopOptions> shop) : ICommand
{
    public static CommandForm Form { get; } =
        new("import", "Imports a CSV file of customers or order lines; options that are not given are proposed from the file.")
    {
        Arguments = ["FILE"],
        Options =
        [
            "kind customers|orders", "match external-id|number|email|phone|name", "mode both|create|update", "map field=column,…",
                "date-format FORMAT", "time-zone ZONE",
            "refund-prefix TEXT", "missing-lines keep|remove", "currency CODE", "delimiter SIGN", "encoding NAME", "rejected FILE",
        ],
        Flags = ["no-header", "decimal-comma", "dry-run"],
        UsesDatabase = true,
    };

    public async Task<int> RunAsync(CommandInput input, CommandOutput output, CancellationToken cancellationToken)
    {
        var path = input.Argument("FILE");
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
        var progress = new Lines(output);
        long id;
        await using (var file = File.OpenRead(path))
            id = await imports.UploadAsync(Path.GetFileName(path), file, file.Length, progress, cancellationToken);
        try
        {
            await ReadAsAskedAsync(id, input, cancellationToken);
            var import = (await imports.GetAsync(id, cancellationToken))!;
            var plan = Plan(input, import);
            // Before anything is refused: what was understood is what has to be mended.
            Describe(import, plan, output);
            await imports.SetPlanAsync(id, plan, cancellationToken);
            await runner.CheckAsync(id, progress, cancellationToken);
            if (input.Flag("dry-run"))
            {
                Report("would be", (await imports.GetAsync(id, cancellationToken))!, output);
                await WriteRejectedAsync(id, input, cancellationToken);
                await imports.DiscardAsync(id, CancellationToken.None);
                return 0;
            }

            await imports.BeginPublishAsync(id, cancellationToken);
            await runner.PublishAsync(id, progress, cancellationToken);
        }
        catch
        {
            // Nothing was written; what is staged is of no use to anybody.
            await imports.DiscardAsync(id, CancellationToken.None);
            throw;
        }

        Report("were", (await imports.GetAsync(id, cancellationToken))!, output);
        await WriteRejectedAsync(id, input, cancellationToken);
        output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"import {id}; it can be taken back on its page for 30 days"));
        return 0;
    }

    private async Task ReadAsAskedAsync(long id, CommandInput input, CancellationToken cancellationToken)
    {
        var import = (await imports.GetAsync(id, cancellationToken))!;
        var kind = input.Text("kind") switch
        {
            null => import.Kind,
            "customers" => ImportKind.Customers,
            "orders" => ImportKind.Orders,
            var other => throw new UsageException($"--kind is “{other}”; it must be customers or orders."),
        };
        var format = import.Format with
        {
            Delimiter = input.Text("delimiter") switch { null => import.Format.Delimiter, "tab" => '\t', { Length: 1 } sign => sign[0],
                var other => throw new UsageException($"--delimiter is “{other}”; it must be one sign or tab.") },
            Encoding = input.Text("encoding") ?? import.Format.Encoding,
            HasHeader = import.Format.HasHeader && !input.Flag("no-header"),
        };
        if (kind != import.Kind || format != import.Format) await imports.SetFormatAsync(id, format, kind, cancellationToken);
    }

    private ImportPlan Plan(CommandInput input, ImportDetails import)
    {
        var columns = new Dictionary<string, int>(import.Plan.Columns);
        foreach (var pair in Pairs(input.Text("map") ?? ""))
        {
            var parts = pair.Split('=', 2);
            if (parts is [var dropped, ""] && import.Fields.Any(f => f.Name == dropped))
            {
                columns.Remove(dropped);
                continue;
            }

            if (parts.Length != 2 || import.Fields.All(f => f.Name != parts[0]))
                throw new UsageException(
                $"--map has “{pair}”; it must be field=column, with a field of: {string.Join(", ", import.Fields.Select(f => f.Name))}.");
            var at = import.Profile.Columns.Select((c, i) => (c, i)).FirstOrDefault(x => x.c.Name == parts[1], (null!, -1)).i;
            if (at < 0) throw new UsageException($"--map names the column “{parts[1]}”, which the file does not have.");
            foreach (var other in columns.Where(c => c.Value == at).Select(c => c.Key).ToList()) columns.Remove(other);
            columns[parts[0]] = at;
        }

        // What was proposed for other columns is proposed again for these.
        var proposed = input.Text("map") is null ? import.Plan : ImportChoices.WithColumns(import, columns, shop.Value);
        return proposed with
        {
            Match = input.Text("match") switch
            {
                null => proposed.Match,
                "external-id" => MatchKey.ExternalId,
                "number" => MatchKey.Number,
                "email" => MatchKey.Email,
                "phone" => MatchKey.Phone,
                "name" => MatchKey.Name,
                var other => throw new UsageException($"--match is “{other}”; it must be external-id, number, email, phone or name."),
            },
            Mode = input.Text("mode") switch
            {
                null => import.Plan.Mode,
                "both" => ImportMode.CreateAndUpdate,
                "create" => ImportMode.Create,
                "update" => ImportMode.Update,
                var other => throw new UsageException($"--mode is “{other}”; it must be both, create or update."),
            },
            DateFormat = input.Text("date-format") ?? proposed.DateFormat,
            TimeZone = input.Text("time-zone") ?? import.Plan.TimeZone,
            RefundPrefix = input.Text("refund-prefix") ?? proposed.RefundPrefix,
            MissingLines = input.Text("missing-lines") switch
            {
                null => proposed.MissingLines,
                "keep" => MissingLines.Keep,
                "remove" => MissingLines.Remove,
                var other => throw new UsageException($"--missing-lines is “{other}”; it must be keep or remove."),
            },
            Currency = input.Text("currency") ?? import.Plan.Currency,
            IsDecimalComma = proposed.IsDecimalComma || input.Flag("decimal-comma"),
        };
    }

    /// <summary>The pairs of --map; a heading with a comma stands in quotation marks.</summary>
    private static IEnumerable<string> Pairs(string map)
    {
        var pair = new System.Text.StringBuilder();
        var isQuoted = false;
        foreach (var letter in map)
        {
            if (letter == '"') isQuoted = !isQuoted;
            else if (letter != ',' || isQuoted) pair.Append(letter);
            else if (pair.Length > 0)
            {
                yield return pair.ToString();
                pair.Clear();
            }
        }

        if (pair.Length > 0) yield return pair.ToString();
    }

    private static void Describe(ImportDetails import, ImportPlan plan, CommandOutput output)
    {
        output.Error.WriteLine(
            $"{import.Kind}, {import.Format.Encoding}, separator {(import.Format.Delimiter == '\t' ? "tab" : import.Format.Delimiter)}, dates {plan.DateFormat}, customers by {plan.Match}");
        output.Error.WriteLine(string.Join(", ", plan.Columns.OrderBy(c => c.Value)
            .Select(c => $"{c.Key} = {import.Profile.Columns[c.Value].Name}")));
        var insight = ImportChoices.Insight(import, plan.Columns);
        if (insight.Layout is { } layout) output.Error.WriteLine($"looks like {layout}");
        foreach (var (column, at) in import.Profile.Columns.Select((c, i) => (c, i))
            .Where(x => x.c.Filled > 0 && insight.Columns[x.i].Field is null))
        {
            var reason = insight.Columns[at];
            output.Error.WriteLine($"not imported: {column.Name} ({string.Join(" · ", column.Samples)}): "
                + string.Format(CultureInfo.InvariantCulture, reason.Reason, [.. reason.Arguments]));
        }
    }

    private void Report(string verb, ImportDetails import, CommandOutput output)
    {
        var result = import.Result!;
        Line($"{result.Rows:N0} rows, {result.Rejected:N0} rejected");
        Count("customers", result.Customers);
        if (import.Kind == ImportKind.Orders)
        {
            Count("orders", result.Orders);
            Count("refunds", result.Refunds);
            Documents("orders of known customers", result.KnownOrders);
            Documents("anonymous orders", result.AnonymousOrders);
            Documents("refunds of known customers", result.KnownRefunds);
            Documents("anonymous refunds", result.AnonymousRefunds);
        }

        foreach (var reason in result.Rejections.Concat(result.Notices).Concat(result.Brought))
            Line($"{reason.Count:N0} × {string.Format(CultureInfo.InvariantCulture, reason.Sentence, [.. reason.Arguments])}");

        void Count(string name, RecordCount count) =>
            Line($"{name}: {count.New:N0} {verb} created, {count.Changed:N0} changed, {count.Same:N0} the same, {count.Skipped:N0} left out");

        void Documents(string name, DocumentCount count) =>
            Line($"{name}: {count.Documents:N0}, lines {count.Lines:N0}, amount {Money.ToDecimal(count.Amount, shop.Value.Currency):N2}");

        void Line(FormattableString line) => output.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private async Task WriteRejectedAsync(long id, CommandInput input, CancellationToken cancellationToken)
    {
        if (input.Text("rejected") is not { } path) return;
        await using var file = File.Create(path);
        await RejectedFile.WriteAsync(file, imports, id, sentence => sentence, cancellationToken);
    }

    /// <summary>A line for every twentieth of the way.</summary>
    private sealed class Lines(CommandOutput output) : IProgress<JobProgress>
    {
        private (string? Stage, long Step) _said;

        public void Report(JobProgress value)
        {
            var step = value.Total > 0 ? value.Done * 20 / value.Total : 0;
            if (_said == (value.Stage, step)) return;
            _said = (value.Stage, step);
            output.Report(value.Total > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{value.Stage}: {value.Done:N0} of {value.Total:N0}") : $"{value.Stage} …");
        }
    }
}
