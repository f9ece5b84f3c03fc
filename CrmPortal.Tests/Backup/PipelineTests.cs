using CrmPortal.Core.Platform.Backup;

namespace CrmPortal.Tests.Backup;

/// <summary>Both ends of a pipeline learn of each other's faults, and neither goes on alone.</summary>
public sealed class PipelineTests
{
    private const int Length = 20_000_001;

    [Fact]
    public async Task ReadAhead_GivesEveryByteInItsOrder_WithBoundedMemory()
    {
        using var source = new Counting(Length);
        using var copy = new MemoryStream();

        await Pipeline.ReadAheadAsync(source, async ahead =>
        {
            var first = new byte[1];
            await ahead.ReadExactlyAsync(first);
            copy.Write(first);
            // It has stopped reading, or will: nobody has taken more than one byte.
            Assert.InRange(source.Passed, 1, 8 << 20);
            await ahead.CopyToAsync(copy);
        }, CancellationToken.None);

        Assert.True(Counting.IsRight(copy.ToArray(), Length));
    }

    [Fact]
    public async Task WriteBehind_WritesEveryByteInItsOrder()
    {
        using var target = new MemoryStream();

        await Pipeline.WriteBehindAsync(target, async behind =>
        {
            using var source = new Counting(Length);
            await source.CopyToAsync(behind, 12_345);
        }, CancellationToken.None);

        Assert.True(Counting.IsRight(target.ToArray(), Length));
    }

    [Fact]
    public async Task ReadAhead_OfAFailingSource_FailsTheReader()
    {
        using var source = new Counting(Length, failAt: 9_000_000);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Pipeline.ReadAheadAsync(source, ahead => ahead.CopyToAsync(Stream.Null), CancellationToken.None));

        Assert.Equal("broken", fault.Message);
    }

    [Fact]
    public async Task WriteBehind_ToAFailingTarget_FailsTheWriter_HoweverMuchItHas()
    {
        using var target = new Counting(long.MaxValue, failAt: 9_000_000);
        using var source = new Counting(long.MaxValue);

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Pipeline.WriteBehindAsync(target, behind => source.CopyToAsync(behind), CancellationToken.None));
    }

    [Fact]
    public async Task WriteBehind_WhoseTargetFailsAtTheEnd_Fails()
    {
        using var target = new Counting(Length, failAt: 1);

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            Pipeline.WriteBehindAsync(target, behind => behind.WriteAsync(new byte[2]).AsTask(), CancellationToken.None));
    }

    [Fact]
    public async Task ReadAhead_WhoseReaderFails_LetsGoOfASourceThatGivesNothing()
    {
        using var source = new Stalled();

        await Assert.ThrowsAsync<BackupException>(() => Pipeline.ReadAheadAsync(source, async _ =>
        {
            await source.Begun;
            throw new BackupException("enough");
        }, CancellationToken.None));

        Assert.Equal(0, source.Waiting);
    }

    [Fact]
    public async Task WriteBehind_WhoseWriterFails_LetsGoOfATargetThatTakesNothing()
    {
        using var target = new Stalled();

        await Assert.ThrowsAsync<BackupException>(() => Pipeline.WriteBehindAsync(target, async behind =>
        {
            await behind.WriteAsync(new byte[1]);
            await target.Begun;
            throw new BackupException("enough");
        }, CancellationToken.None));

        Assert.Equal(0, target.Waiting);
    }

    [Fact]
    public async Task Cancelled_EndsBothEnds()
    {
        using var stalled = new Stalled();
        using var stop = new CancellationTokenSource();

        var reading = Pipeline.ReadAheadAsync(stalled, ahead => ahead.CopyToAsync(Stream.Null), stop.Token);
        await stalled.Begun;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        using var source = new Counting(long.MaxValue);
        using var target = new Stalled();
        using var stopWriting = new CancellationTokenSource();
        var writing = Pipeline.WriteBehindAsync(target, behind => source.CopyToAsync(behind, stopWriting.Token), stopWriting.Token);
        await target.Begun;
        await stopWriting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);

        Assert.Equal((0, 0), (stalled.Waiting, target.Waiting));
    }

    /// <summary>Bytes that count up, as many as asked for; at a place it breaks.</summary>
    private sealed class Counting(long length, long failAt = long.MaxValue) : TestStream
    {
        public long Passed { get; private set; }

        public static bool IsRight(byte[] bytes, int length) =>
            bytes.Length == length && !bytes.Where((b, i) => b != (byte)(i % 251)).Any();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Passed >= failAt) throw new InvalidDataException("broken");
            var count = (int)Math.Min(buffer.Length, length - Passed);
            for (var i = 0; i < count; i++) buffer.Span[i] = (byte)((Passed + i) % 251);
            Passed += count;
            return ValueTask.FromResult(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Passed += buffer.Length;
            return Passed < failAt ? ValueTask.CompletedTask : throw new InvalidDataException("broken");
        }
    }

    /// <summary>Neither gives nor takes anything.</summary>
    private sealed class Stalled : TestStream
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        public Task Begun => _begun.Task;

        public int Waiting => _waiting;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await StallAsync(cancellationToken);
            return 0;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await StallAsync(cancellationToken);

        private async Task StallAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _waiting);
            _begun.TrySetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    private abstract class TestStream : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
