using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Network;

/// <summary>
/// What somebody answered to a challenge (RFC 1994): a hash of the number of the challenge, the password and the challenge. Whoever checks
/// it must know the password.
/// </summary>
public sealed class ChapAnswer
{
    private const int HashLength = 16;
    private const int LongestChallenge = 253;

    private readonly byte[] _answer;
    private readonly byte[] _challenge;

    private ChapAnswer(byte[] answer, byte[] challenge) => (_answer, _challenge) = (answer, challenge);

    /// <summary>An answer with its challenge, or null where these are none.</summary>
    /// <param name="answer">The number of the challenge and the hash, as RADIUS sends them.</param>
    public static ChapAnswer? Of(byte[]? answer, byte[]? challenge) =>
        answer is { Length: 1 + HashLength } && challenge is { Length: > 0 and <= LongestChallenge } ? new(answer, challenge) : null;

    internal bool Fits(string password)
    {
        byte[] hashed = [_answer[0], .. Encoding.UTF8.GetBytes(password), .. _challenge];
#pragma warning disable CA5351 // The protocol knows no other hash.
        return CryptographicOperations.FixedTimeEquals(MD5.HashData(hashed), _answer.AsSpan(1));
#pragma warning restore CA5351
    }
}
