using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>Writes the few kinds of MessagePack values of which calls to a hub are made.</summary>
internal static class PackWriter
{
    /// <summary>A call of a method of the hub, with its length before it; without a number nobody waits for the answer.</summary>
    public static byte[] Call(string? number, string method, IReadOnlyList<object?> arguments)
    {
        var body = new ArrayBufferWriter<byte>();
        Head(body, 0x90, 0xdc, 6);
        Write(body, 1L);
        Byte(body, 0x80);
        Write(body, number);
        Write(body, method);
        Head(body, 0x90, 0xdc, arguments.Count);
        foreach (var argument in arguments) Write(body, argument);
        Head(body, 0x90, 0xdc, 0);
        return Framed(body.WrittenSpan);
    }

    /// <summary>What both sides say from time to time, so that each knows that the other is there.</summary>
    public static byte[] Ping() => Framed([0x91, 0x06]);

    private static byte[] Framed(ReadOnlySpan<byte> body)
    {
        var framed = new ArrayBufferWriter<byte>(body.Length + 5);
        for (var rest = (uint)body.Length; ; rest >>= 7)
        {
            Byte(framed, (byte)(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest));
            if (rest <= 0x7f) break;
        }

        framed.Write(body);
        return framed.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> to, object? value)
    {
        switch (value)
        {
            case null: Byte(to, 0xc0); break;
            case bool truth: Byte(to, truth ? (byte)0xc3 : (byte)0xc2); break;
            case long number:
                Byte(to, 0xd3);
                BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), number);
                to.Advance(8);
                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                Byte(to, 0xdb);
                BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), bytes.Length);
                to.Advance(4);
                to.Write(bytes);
                break;
            default: throw new ArgumentException($"A {value.GetType()} cannot be written.", nameof(value));
        }
    }

    private static void Head(ArrayBufferWriter<byte> to, byte small, byte large, int count)
    {
        if (count < 16)
        {
            Byte(to, (byte)(small | count));
            return;
        }

        Byte(to, large);
        BinaryPrimitives.WriteUInt16BigEndian(to.GetSpan(2), (ushort)count);
        to.Advance(2);
    }

    private static void Byte(ArrayBufferWriter<byte> to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }
}

/// <summary>Reads MessagePack where it lies; of a page that was drawn nothing is copied.</summary>
internal ref struct PackReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public int Array() => Next() switch
    {
        var head when (head & 0xf0) == 0x90 => head & 0x0f,
        0xdc => (int)Number(2),
        0xdd => (int)Number(4),
        var head => throw Strange(head),
    };

    public ReadOnlySpan<byte> Bytes() => Next() switch
    {
        0xc4 => Take((int)Number(1)),
        0xc5 => Take((int)Number(2)),
        0xc6 => Take((int)Number(4)),
        var head => throw Strange(head),
    };

    public string? Text() => Any() as string;

    public long Integer() => Any() is long number ? number : throw new FormatException("A number was expected.");

    public void Skip() => _ = Any();

    /// <summary>A value of a simple kind; of others it is passed over, and null.</summary>
    public object? Any()
    {
        var head = Next();
        switch (head)
        {
            case <= 0x7f: return (long)head;
            case >= 0xe0: return (long)(sbyte)head;
            case 0xc0: return null;
            case 0xc2: return false;
            case 0xc3: return true;
            case 0xc4: Take((int)Number(1)); return null;
            case 0xc5: Take((int)Number(2)); return null;
            case 0xc6: Take((int)Number(4)); return null;
            case 0xca: return (double)BinaryPrimitives.ReadSingleBigEndian(Take(4));
            case 0xcb: return BinaryPrimitives.ReadDoubleBigEndian(Take(8));
            case 0xcc: return Number(1);
            case 0xcd: return Number(2);
            case 0xce: return Number(4);
            case 0xcf or 0xd3: return BinaryPrimitives.ReadInt64BigEndian(Take(8));
            case 0xd0: return (long)(sbyte)Take(1)[0];
            case 0xd1: return (long)BinaryPrimitives.ReadInt16BigEndian(Take(2));
            case 0xd2: return (long)BinaryPrimitives.ReadInt32BigEndian(Take(4));
            case 0xd9: return Encoding.UTF8.GetString(Take((int)Number(1)));
            case 0xda: return Encoding.UTF8.GetString(Take((int)Number(2)));
            case 0xdb: return Encoding.UTF8.GetString(Take((int)Number(4)));
        }

        if ((head & 0xe0) == 0xa0) return Encoding.UTF8.GetString(Take(head & 0x1f));
        var values = head switch
        {
            var small when (small & 0xf0) == 0x80 => (small & 0x0f) * 2,
            var small when (small & 0xf0) == 0x90 => small & 0x0f,
            0xdc => (int)Number(2),
            0xdd => (int)Number(4),
            0xde => (int)Number(2) * 2,
            0xdf => (int)Number(4) * 2,
            _ => throw Strange(head),
        };
        for (var i = 0; i < values; i++) Skip();
        return null;
    }

    private byte Next() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _data.Slice(_at, count);
        _at += count;
        return taken;
    }

    private long Number(int bytes)
    {
        var number = 0L;
        foreach (var part in Take(bytes)) number = (number << 8) | part;
        return number;
    }

    private static FormatException Strange(byte head) => new($"0x{head:x2} was not expected.");
}
