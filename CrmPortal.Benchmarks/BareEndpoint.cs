using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CrmPortal.Benchmarks;

/// <summary>What a bare endpoint serves: statements with their values, which it runs with each request.</summary>
/// <param name="Varying">The value that every request replaces with its own.</param>
/// <param name="IsWriting">Whether they are one transaction.</param>
internal sealed record BareService(bool IsPostgres, string Connection, int Port, long Varying, bool IsWriting,
    IReadOnlyList<BareStatement> Statements);

internal sealed record BareStatement(string Sql, IReadOnlyDictionary<string, JsonElement> Values);

/// <summary>
/// An endpoint of the same framework with nothing of ours: it opens a connection, runs the statements that our endpoint runs, and writes
/// every value as JSON. It is a process of its own, as the program is.
/// </summary>
internal sealed class BareEndpoint : IAsyncDisposable
{
    public const string Word = "--bare-endpoint";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly HttpClient _http;

    private BareEndpoint(Process process, int port) =>
        (_process, _http) = (process, new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = Patience });

    /// <summary>Starts it for statements that were recorded for the key <paramref name="varying"/>.</summary>
    public static async Task<BareEndpoint> StartAsync(Bench bench, IReadOnlyList<Statement> statements, long varying, bool isWriting,
        CancellationToken cancellationToken)
    {
        var port = Portal.FreePort();
        var service = new BareService(bench.Options.IsPostgres, bench.Bare.Connection.ConnectionString, port, varying, isWriting,
            [.. statements.Select(s => new BareStatement(s.Sql,
                s.Parameters.ToDictionary(p => p.ParameterName, p => JsonSerializer.SerializeToElement(p.Value))))]);
        var file = Path.Combine(bench.Folder, "bare-endpoint.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(service), cancellationToken);
        var start = new ProcessStartInfo("dotnet", [typeof(BareEndpoint).Assembly.Location, Word, file]);
        var endpoint = new BareEndpoint(Process.Start(start) ?? throw new InvalidOperationException("It does not start."), port);
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await endpoint.GetAsync(varying, cancellationToken);
                return endpoint;
            }
            catch (HttpRequestException) when (waited.Elapsed < Patience && !endpoint._process.HasExited)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    public async Task GetAsync(long key, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(FormattableString.Invariant($"/{key}"), UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Serves until the process is ended.</summary>
    public static async Task ServeAsync(string file)
    {
        var service = JsonSerializer.Deserialize<BareService>(await File.ReadAllTextAsync(file))!;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add(FormattableString.Invariant($"http://127.0.0.1:{service.Port}"));
        app.Run(context => AnswerAsync(context, service));
        await app.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task AnswerAsync(HttpContext context, BareService service)
    {
        var key = long.Parse(context.Request.Path.Value!.AsSpan(1), CultureInfo.InvariantCulture);
        await using DbConnection connection = service.IsPostgres
            ? new NpgsqlConnection(service.Connection) : new SqliteConnection(service.Connection);
        await connection.OpenAsync(context.RequestAborted);
        await using var transaction = !service.IsWriting ? null : connection is SqliteConnection lite
            ? lite.BeginTransaction(deferred: false) : await connection.BeginTransactionAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartArray();
        foreach (var statement in service.Statements)
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = (statement.Sql, transaction);
            foreach (var (name, value) in statement.Values)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, Value(value, service.Varying, key));
                command.Parameters.Add(parameter);
            }

            await BareDatabase.ReadAsync(command, row => Write(json, row));
        }

        if (transaction is not null) await transaction.CommitAsync(context.RequestAborted);
        json.WriteEndArray();
        await json.FlushAsync(context.RequestAborted);
    }

    private static object Value(JsonElement value, long varying, long key) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetInt64() is var number && number == varying ? key : number,
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Null => DBNull.Value,
        _ => value.GetString()!,
    };

    private static void Write(Utf8JsonWriter json, object[] row)
    {
        json.WriteStartArray();
        foreach (var value in row)
        {
            switch (value)
            {
                case long number: json.WriteNumberValue(number); break;
                case string text: json.WriteStringValue(text); break;
                case DBNull: json.WriteNullValue(); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }

        json.WriteEndArray();
    }
}
