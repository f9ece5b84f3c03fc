using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Benchmarks.Works;

/// <summary>A hundred thousand tickets with a million messages, made by the first work that needs them and kept with the data.</summary>
internal static class SupportData
{
    public const int Tickets = 100_000;
    public const int MessagesOfATicket = 10;
    private const int Unsolved = 2_000;
    private const int VocabularySize = 20_000;

    private static readonly string[] TicketColumns =
    [
        "CustomerId", "ContactName", "ContactEmail", "Subject", "Channel", "QueueId", "Priority", "State", "IsComplaint", "AssigneeId", "Tags",
        "CreatedAt", "LastMessageAt", "IsAnswerDue", "MessageCount", "ReopenedCount", "FirstResponseAt", "SolvedAt", "HeldSeconds",
        "CameOutsideHours", "UrgentAt", "Urgency", "Version",
    ];

    private static readonly string[] MessageColumns =
        ["TicketId", "Kind", "At", "AuthorName", "AuthorEmail", "Text", "HasRemotePictures", "Delivery", "SearchText", "MessageId"];

    /// <summary>A word of the messages, which are drawn so that early ones are frequent and late ones rare.</summary>
    public static string Word(int index) => string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + (index % 26))}{(char)('a' + (index / 26 % 26))}wort{index}");

    public static async Task EnsureAsync(Bench bench)
    {
        if (await bench.Bare.ScalarAsync<long>("select count(*) from \"Tickets\"") >= Tickets) return;
        var random = new Random(20_261_129);
        var ids = bench.Facts.Ids;
        var queue = await bench.Bare.ScalarAsync<long>("select min(\"Id\") from \"TicketQueues\"");
        var first = await bench.Bare.ScalarAsync<long>("select coalesce(max(\"Id\"), 0) from \"Tickets\"") + 1;
        var now = TimeProvider.System.GetUtcNow();
        await using var transaction = await bench.Bare.Connection.BeginTransactionAsync();
        await bench.Bare.InsertAsync("Tickets", [.. TicketColumns, "Id"], Enumerable.Range(0, Tickets).Select(i =>
        {
            var created = now.AddMinutes(-5.0 * (Tickets - i));
            var isOver = i < Tickets - Unsolved;
            return new object?[]
            {
                ids[i % ids.Count], $"Visitor {i}", $"visitor{i}@example.com", $"{Word(Draw(random))} {Word(Draw(random))} {i}", "Email", queue,
                "Normal", isOver ? "Closed" : "Open", false, null, "", Instant(created), Instant(created.AddMinutes(50)), !isOver,
                MessagesOfATicket, 0, Instant(created.AddMinutes(10)), isOver ? Instant(created.AddMinutes(60)) : null, 0L, false,
                isOver ? null : Instant(created.AddDays(1)), null, 1L, first + i,
            };
        }), transaction);
        await bench.Bare.InsertAsync("TicketMessages", MessageColumns, Enumerable.Range(0, Tickets * MessagesOfATicket).Select(i =>
        {
            var ticket = i / MessagesOfATicket;
            var words = Enumerable.Range(0, 40).Select(_ => Word(Draw(random))).ToList();
            return new object?[]
            {
                first + ticket, i % 2 == 0 ? "Incoming" : "Reply", Instant(now.AddMinutes((-5.0 * (Tickets - ticket)) + (i % MessagesOfATicket * 5))),
                $"Visitor {ticket}", null, string.Join(' ', words), false, i % 2 == 0 ? "None" : "Sent",
                string.Join(' ', words.Distinct()), FormattableString.Invariant($"bench.{i}@shop.example"),
            };
        }), transaction);
        await transaction.CommitAsync();
        await bench.Bare.ExecuteAsync("analyze");

        object Instant(DateTimeOffset at) => bench.Options.IsPostgres ? at : Stored(at);
    }

    /// <summary>Frequent words are drawn often: the square of a number between 0 and 1.</summary>
    private static int Draw(Random random) => (int)(Math.Pow(random.NextDouble(), 3) * VocabularySize);

    /// <summary>As the embedded database keeps instants.</summary>
    private static long Stored(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

/// <summary>The desk of agents: the queue, a search, a ticket that is opened, a reply.</summary>
internal sealed class TicketDesk() : Work("Tickets")
{
    private const int Times = 200;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await SupportData.EnsureAsync(bench);
        var last = await bench.Bare.ScalarAsync<long>("select max(\"Id\") from \"Tickets\"");
        var rare = SupportData.Word(19_900);
        var usual = SupportData.Word(3);
        await ReadAsync("the queue by urgency, 25 rows", 20, _ => List(new(TicketView.Open, Sort: TicketSort.Urgency, Descending: false), 1));
        await ReadAsync("all by activity, page 40", 20, _ => List(new(), 40));
        await ReadAsync("the numbers of the views", 20, _ => UseAsync(t => t.CountViewsAsync(cancellationToken)));
        await ReadAsync("search of a frequent word", 20, _ => List(new(Search: usual), 1));
        await ReadAsync("search of a rare word", 20, _ => List(new(Search: rare), 1));
        await ReadAsync("search of two words", 20, _ => List(new(Search: $"{usual} {SupportData.Word(40)}"), 1));
        await ReadAsync("opened, with its messages", 20, async i =>
        {
            await UseAsync(t => t.GetAsync(last - (i * 7 % 5_000), cancellationToken));
            await UseAsync(t => t.MessagesAsync(last - (i * 7 % 5_000), null, cancellationToken));
        });
        bench.Table.Add(Result.Of($"{Name}: a reply is written", await Measure.EachAsync(Times, i =>
            UseAsync(t => t.ReplyAsync(last - i, new() { Text = "It comes tomorrow.", SendAt = TimeProvider.System.GetUtcNow().AddDays(30) },
                cancellationToken)))) with { Goal = Goal.P95(20) });
        bench.Table.Add(Result.Of($"{Name}: a note is written", await Measure.EachAsync(Times, i =>
            UseAsync(t => t.NoteAsync(last - i, "Asked the warehouse.", [], cancellationToken)))) with { Goal = Goal.P95(20) });

        Task List(TicketQuery query, int page) => UseAsync(t => t.ListAsync(query, new PageRequest(page, 25), cancellationToken));
        Task UseAsync(Func<TicketService, Task> use) => bench.Inside.UseAsync<TicketService>(use);
        async Task ReadAsync(string words, double goal, Func<int, Task> read)
        {
            var statements = await bench.Inside.Recorder.RecordAsync(() => read(0));
            bench.Table.Add(Result.Of($"{Name}: {words}", await Measure.EachAsync(Times, read)) with
            {
                Bare = await bench.Bare.MedianAsync(statements, Times / 2), Goal = Goal.P95(goal),
            });
        }
    }
}

/// <summary>Ten thousand raw mails come in by the HTTP endpoint, as a mail server brings them: four at a time.</summary>
internal sealed class MailIntakeWork() : Work("Intake of mails")
{
    private const int Mails = 10_000;
    private const int Callers = 4;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var run = Guid.NewGuid().ToString("N");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var rate = await Measure.PerSecondAsync(Callers, Mails, i => BringAsync(bench, Mail(run, i), cancellationToken),
            TimeSpan.FromMinutes(5));
        bench.Table.Add(new Result(FormattableString.Invariant($"{Name}: {Mails:N0} raw mails over HTTP, {Callers} at a time, a fifth answers, a fifth with a file"), 1)
        {
            Median = watch.Elapsed.TotalMilliseconds, PerSecond = rate, Goal = Goal.PerSecond(100),
        });
        var again = await Measure.PerSecondAsync(Callers, Mails / 10, i => BringAsync(bench, Mail(run, i), cancellationToken));
        bench.Table.Add(new Result($"{Name}: the same mails brought again", 1) { PerSecond = again });
    }

    private static async Task BringAsync(Bench bench, string mail, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(mail));
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tickets/mail") { Content = content };
        request.Headers.Add("X-Intake-Key", Portal.IntakeKey);
        using var answer = await bench.Portal.Http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    private static string Mail(string run, int i)
    {
        var answers = i % 5 == 4 ? FormattableString.Invariant($"In-Reply-To: <{run}.{i - 1}@example.com>\n") : "";
        var head = FormattableString.Invariant($"""
            From: Visitor {i} <visitor{i}@example.com>
            To: support@shop.example
            Subject: {SupportData.Word(i % 5_000)} number {i}
            Message-ID: <{run}.{i}@example.com>
            Date: Sat, 28 Nov 2026 10:{i % 60:00}:{i / 60 % 60:00} +0000
            {answers}MIME-Version: 1.0

            """);
        var text = string.Join(' ', Enumerable.Range(0, 120).Select(n => SupportData.Word((i * 31 + n * 7) % 5_000)));
        var mail = i % 5 == 0
            ? head + "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + text
                + "\n--b\nContent-Type: text/csv; name=\"list.csv\"\nContent-Disposition: attachment; filename=\"list.csv\"\n\n"
                + string.Join('\n', Enumerable.Range(0, 100).Select(n => $"{n},{i}")) + "\n--b--\n"
            : head + "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n";
        return mail.ReplaceLineEndings("\r\n");
    }
}
