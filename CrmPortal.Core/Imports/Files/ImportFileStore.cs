using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>Keeps the bytes of a file in the database, piece by piece, so that every node can read them and a restart finds them.</summary>
internal static class ImportFileStore
{
    public const int ChunkSize = 256 * 1024;

    /// <summary>Stores a file as it comes in.</summary>
    /// <returns>Its size and its encoding.</returns>
    /// <exception cref="RuleViolationException">It is no text, or too large.</exception>
    public static async Task<(long Size, string Encoding)> SaveAsync(CrmDbContext db, long importId, Stream file, long largest,
        IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var sniffer = new FileSniffer();
        var buffer = new byte[ChunkSize];
        long size = 0;
        for (var position = 0; ; position++)
        {
            var read = await file.ReadAtLeastAsync(buffer, ChunkSize, throwOnEndOfStream: false, cancellationToken);
            if (read == 0 && position > 0) break;
            sniffer.Look(buffer.AsSpan(0, read));
            size += read;
            if (size > largest) throw TooLarge(largest);
            db.ImportChunks.Add(new ImportChunk { ImportId = importId, Position = position, Bytes = buffer[..read] });
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            progress?.Report(size);
            if (read < ChunkSize) break;
        }

        return (size, sniffer.EncodingName);
    }

    public static RuleViolationException TooLarge(long largest) => new("File", "The file is too large; the limit is {0} MB.",
        largest / (1024 * 1024));

    /// <summary>Reads the stored file from its beginning.</summary>
    public static Stream Open(CrmDbContext db, long importId) => new ChunkStream(db, importId);

    private sealed class ChunkStream(CrmDbContext db, long importId) : Stream
    {
        private byte[] _chunk = [];
        private int _offset;
        private int _position;
        private bool _isEnd;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_offset == _chunk.Length)
            {
                if (_isEnd) return 0;
                var next = await db.ImportChunks.Where(c => c.ImportId == importId && c.Position == _position).Select(c => c.Bytes)
                    .FirstOrDefaultAsync(cancellationToken);
                _isEnd = next is null;
                (_chunk, _offset) = (next ?? [], 0);
                _position++;
            }

            var count = Math.Min(buffer.Length, _chunk.Length - _offset);
            _chunk.AsMemory(_offset, count).CopyTo(buffer);
            _offset += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("The database is read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
