using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds).</summary>
/// <remarks>Our own, because each code is good once: the check must tell which time step it matched.</remarks>
public static class Totp
{
    private const int StepSeconds = 30;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new secret of 160 bits, in base 32 as apps take it.</summary>
    public static string NewKey()
    {
        var bytes = RandomNumberGenerator.GetBytes(20);
        var key = new StringBuilder(32);
        for (var bit = 0; bit < 160; bit += 5)
        {
            var (index, shift) = (bit / 8, bit % 8);
            var pair = (bytes[index] << 8) | (index + 1 < bytes.Length ? bytes[index + 1] : 0);
            key.Append(Alphabet[(pair >> (11 - shift)) & 31]);
        }

        return key.ToString();
    }

    /// <summary>The code that an app shows at this moment.</summary>
    public static string Code(string key, DateTimeOffset now) => Code(Decode(key), now.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>The time step that the code belongs to, or null; the step before and after count, for clocks that differ.</summary>
    public static long? Match(string key, string code, DateTimeOffset now)
    {
        if (code.Length != 6 || !code.All(char.IsAsciiDigit)) return null;
        var (secret, present) = (Decode(key), now.ToUnixTimeSeconds() / StepSeconds);
        long? found = null;
        for (var step = present - 1; step <= present + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), Encoding.ASCII.GetBytes(code)))
                found = step;
        return found;
    }

    private static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 names HMAC-SHA-1, and it is what the apps speak.
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 15;
        var number = (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & 0x7FFFFFFF) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string key)
    {
        var bytes = new List<byte>(20);
        var (buffer, bits) = (0, 0);
        foreach (var letter in key)
        {
            buffer = ((buffer << 5) | Alphabet.IndexOf(letter, StringComparison.Ordinal)) & 0xFFFF;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
        }

        return [.. bytes];
    }
}
