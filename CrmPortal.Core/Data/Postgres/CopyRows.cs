using System.Buffers.Binary;
using CrmPortal.Core.Platform.Backup;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Counts the rows in what <c>COPY … (FORMAT binary)</c> sends, however its bytes are cut into blocks.</summary>
/// <remarks>A signature of 11 bytes, two numbers, then per row the count of its fields and each field's length and bytes; -1 ends
/// it.</remarks>
internal sealed class CopyRows(int columns)
{
    private const int HeaderLength = 19;

    private static readonly byte[] Signature = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00];

    private readonly byte[] _pending = new byte[HeaderLength];
    private int _held;
    private int _needed = HeaderLength;
    private long _skip;
    private State _state = State.Header;
    private int _fieldsLeft;

    private enum State { Header, Row, Field, End }

    public long Rows { get; private set; }

    /// <summary>Whether the end mark has been seen.</summary>
    public bool IsComplete => _state == State.End;

    public void Add(ReadOnlySpan<byte> block)
    {
        while (block.Length > 0)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, block.Length);
                _skip -= skipped;
                block = block[skipped..];
                continue;
            }

            if (_state == State.End) throw Damaged();
            var taken = Math.Min(_needed - _held, block.Length);
            block[..taken].CopyTo(_pending.AsSpan(_held));
            _held += taken;
            block = block[taken..];
            if (_held == _needed) Step();
        }
    }

    private void Step()
    {
        _held = 0;
        switch (_state)
        {
            case State.Header:
                if (!_pending.AsSpan(0, Signature.Length).SequenceEqual(Signature)) throw Damaged();
                _skip = BinaryPrimitives.ReadUInt32BigEndian(_pending.AsSpan(15));
                Expect(State.Row, sizeof(short));
                break;
            case State.Row:
                var fields = BinaryPrimitives.ReadInt16BigEndian(_pending);
                if (fields == -1)
                {
                    _state = State.End;
                    break;
                }

                if (fields != columns) throw Damaged();
                Rows++;
                _fieldsLeft = fields;
                NextField();
                break;
            case State.Field:
                var length = BinaryPrimitives.ReadInt32BigEndian(_pending);
                if (length < -1) throw Damaged();
                _skip = Math.Max(length, 0);
                _fieldsLeft--;
                NextField();
                break;
            default:
                throw Damaged();
        }
    }

    private void NextField()
    {
        if (_fieldsLeft == 0) Expect(State.Row, sizeof(short));
        else Expect(State.Field, sizeof(int));
    }

    private void Expect(State state, int length) => (_state, _needed) = (state, length);

    private static BackupException Damaged() => new("The rows of a table cannot be read.");
}
