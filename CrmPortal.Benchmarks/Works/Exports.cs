using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Benchmarks.Works;

/// <summary>All customers with the usual columns as a file, from the database to the end of the answer.</summary>
internal abstract class ExportWork(string format, Goal? goal) : Work($"Export of all customers as {format.ToUpperInvariant()}")
{
    private const int Times = 3;

    /// <summary>Of fewer rows, the rate says more about the request than about the rows.</summary>
    private const int LeastRows = 100_000;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        // The first, whose time does not count, warms up; its memory does count.
        var idle = bench.Portal.Megabytes;
        bench.Portal.ForgetPeak();
        Task ExportAsync() => bench.Portal.GetAsync($"/exports/customers.{format}", cancellationToken);
        await ExportAsync();
        var worked = bench.Portal.ProcessorSeconds;
        var taken = new List<double>();
        for (var i = 0; i < Times; i++) taken.Add(await Measure.OnceAsync(ExportAsync));
        var timing = new Timing(taken);
        worked = (bench.Portal.ProcessorSeconds - worked) / Times;
        var bare = format == "csv" ? await Measure.OnceAsync(() => ReadAsync(bench.Bare)) : (double?)null;
        bench.Table.Add(
            new Result(FormattableString.Invariant($"{Name} ({bench.Facts.Customers:N0} rows, {worked:0.0} s of processor time)"), Times)
        {
            Median = timing.Median, PerSecond = bench.Facts.Customers / timing.Median * 1000, Bare = bare,
                Goal = bench.Facts.Customers < LeastRows ? null : goal, Megabytes = bench.Portal.PeakMegabytes - idle,
        });
    }

    /// <summary>Reads the same values along the same index and writes them as bytes to nowhere.</summary>
    private static async Task ReadAsync(BareDatabase bare)
    {
        var bytes = new byte[1 << 16];
        foreach (var sql in new[]
        {
            "select \"Number\", \"DisplayName\", \"IsVip\", \"Email\", \"Phone\", \"Status\", \"LastInteractionAt\" from \"Customers\" where \"DeletedAt\" is null order by \"Id\" desc",
            "select \"CustomerId\", \"TagId\" from \"CustomerTags\" order by \"CustomerId\" desc",
                "select \"CustomerId\", \"City\" from \"Addresses\" order by \"CustomerId\" desc",
        })
        {
            await using var command = bare.Command(sql);
            await BareDatabase.ReadAsync(command, row =>
            {
                foreach (var value in row)
                {
                    var text = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture)!;
                    Stream.Null.Write(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
                }
            });
        }
    }
}

internal sealed class CsvExportWork() : ExportWork("csv", Goal.PerSecond(200_000).And(Goal.Memory(64)));

internal sealed class JsonExportWork() : ExportWork("json", Goal.Memory(64));

internal sealed class XlsxExportWork() : ExportWork("xlsx", Goal.Memory(64));

/// <summary>A document of ten thousand rows, made by the service and written to nowhere.</summary>
internal sealed class PdfExportWork() : Work("PDF of 10,000 rows")
{
    private const int Rows = 10_000;
    private const int LargestFile = 2_000_000;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var length = 0L;
        var timing = await Measure.EachAsync(5, _ => bench.Inside.UseAsync<CustomerExportService>(async exports =>
        {
            var table = await exports.PrepareAsync(new(new(), ["email", "phone", "status", "city", "interaction"], "csv"),
                ExportAudience.Usual, cancellationToken);
            await using var counter = new CountingStream();
            var output = PipeWriter.Create(counter);
            await new PdfExport().WriteAsync(table with { Rows = table.Rows.Take(Rows) }, output, cancellationToken);
            await output.CompleteAsync();
            length = counter.Length;
        }));
        var size = FormattableString.Invariant($"{length / 1e6:0.0} MB");
        bench.Table.Add(Result.Of($"{Name} ({size})", timing) with { PerSecond = Rows / timing.Median * 1000, Goal = Goal.Within(2.5)
            .And(new("≤ 2 MB", _ => length <= LargestFile)) });
    }

    /// <summary>Nowhere, but it knows how much came there.</summary>
    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
