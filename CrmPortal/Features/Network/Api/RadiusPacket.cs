using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Network;

/// <summary>
/// A packet as FreeRADIUS posts it: each attribute with its type and an array of values. A bare value is understood as well.
/// </summary>
internal sealed class RadiusPacket(JsonElement body)
{
    /// <summary>No counter of bytes that an access server tells is as large: 64 PB.</summary>
    private const long MostBytes = 1L << 56;

    private const int GigawordBits = 32;
    private const string Hex = "0x";

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public bool IsPacket => body.ValueKind == JsonValueKind.Object;

    public AccessRequest ToAccessRequest() => new(Text("User-Name"), Text("User-Password"),
        ChapAnswer.Of(Octets("CHAP-Password"), Octets("CHAP-Challenge")));

    /// <summary>What the packet tells, or null where that is nothing that anybody counts.</summary>
    public UsageReport? ToReport() => Event() is not { } told ? null : new(told, Text("User-Name"), Text("Acct-Session-Id"),
        Stored(Text("NAS-Identifier") ?? Text("NAS-IP-Address") ?? Text("NAS-IPv6-Address"), NetworkSession.NameLength) ?? "",
        Address(), Number("Acct-Session-Time"), Bytes("Input"), Bytes("Output"), Number("Acct-Delay-Time"),
        Stored(Text("Acct-Terminate-Cause"), NetworkSession.CauseLength));

    private UsageEvent? Event() => Text("Acct-Status-Type") switch
    {
        "Start" or "1" => UsageEvent.Start,
        "Stop" or "2" => UsageEvent.Stop,
        "Interim-Update" or "Alive" or "3" => UsageEvent.Interim,
        "Accounting-On" or "7" => UsageEvent.ServerOn,
        "Accounting-Off" or "8" => UsageEvent.ServerOff,
        _ => null,
    };

    private string? Address() => IPAddress.TryParse(Text("Framed-IP-Address"), out var address) ? address.ToString()
        : Stored(Text("Framed-IPv6-Prefix"), NetworkSession.AddressLength);

    /// <summary>The counter and how often it went round.</summary>
    private long Bytes(string direction) => Math.Min(MostBytes,
        (Math.Min(Number($"Acct-{direction}-Gigawords"), int.MaxValue) << GigawordBits) + Number($"Acct-{direction}-Octets"));

    private long Number(string name) => Value(name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var whole) => Math.Clamp(whole, 0, uint.MaxValue),
        { ValueKind: JsonValueKind.String } text when long.TryParse(TextOf(text), NumberStyles.None, CultureInfo.InvariantCulture,
            out var whole) => Math.Clamp(whole, 0, uint.MaxValue),
        _ => 0,
    };

    private byte[]? Octets(string name)
    {
        if (Text(name) is not { } text || !text.StartsWith(Hex, StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return Convert.FromHexString(text.AsSpan(Hex.Length));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private string? Text(string name) => Value(name) switch
    {
        { ValueKind: JsonValueKind.String } text => TextOf(text) is { } read ? Read(read) : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>Null for what is no text, such as half of a pair of characters that only has a meaning as one.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement? Value(string name)
    {
        if (!body.TryGetProperty(name, out var attribute)) return null;
        if (attribute.ValueKind == JsonValueKind.Object && !attribute.TryGetProperty("value", out attribute)) return null;
        if (attribute.ValueKind != JsonValueKind.Array) return attribute;
        return attribute.GetArrayLength() > 0 ? attribute[0] : null;
    }

    /// <summary>
    /// FreeRADIUS 3.2 writes each byte of UTF-8 as a character of its own, ä as \u00C3\u00A4. A text that is none the worse for being read
    /// as such bytes is read so; one that was written right never is.
    /// </summary>
    private static string Read(string text)
    {
        if (!text.Any(c => c > '\u007f') || text.Any(c => c > '\u00ff')) return text;
        try
        {
            return Utf8.GetString(Encoding.Latin1.GetBytes(text));
        }
        catch (DecoderFallbackException)
        {
            return text;
        }
    }

    private static string? Stored(string? text, int longest)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var clean = StoredText.Clean(text.Trim());
        return clean.Length <= longest ? clean : clean[..longest];
    }
}
