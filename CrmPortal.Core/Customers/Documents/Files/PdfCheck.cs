using System.IO.Compression;
using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>
/// Looks through a PDF for what runs or carries something. Names are looked for everywhere in the file, also within streams, since
/// its table may point anywhere, and in the packed object streams; escaped names (<c>/J#61vaScript</c>) are read as readers do.
/// </summary>
internal static class PdfCheck
{
    private const long MostUnpacked = 256L * 1024 * 1024;
    private const int MostPacked = 20_000;
    private const int EndBytes = 1024;

    /// <exception cref="RuleViolationException">The file is active, protected, damaged or goes on behind its end.</exception>
    public static async Task DemandHarmlessAsync(Stream content, CancellationToken cancellationToken)
    {
        await DemandEndAsync(content, cancellationToken);
        content.Position = 0;
        var scan = new PdfScan();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0) scan.Look(buffer.AsSpan(0, read));
        scan.Look("\n"u8);
        Demand(scan);
        if (scan.Packed.Count > MostPacked) throw Hidden();

        long unpacked = 0;
        foreach (var start in scan.Packed)
        {
            content.Position = start;
            var inner = new PdfScan();
            try
            {
                // Left open: the content is read on.
                await using var packed = new ZLibStream(content, CompressionMode.Decompress, leaveOpen: true);
                while ((read = await packed.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    if ((unpacked += read) > MostUnpacked) throw Hidden();
                    inner.Look(buffer.AsSpan(0, read));
                }
            }
            catch (InvalidDataException)
            {
                throw Hidden();
            }

            inner.Look("\n"u8);
            Demand(inner);
        }
    }

    private static async Task DemandEndAsync(Stream content, CancellationToken cancellationToken)
    {
        var tail = new byte[Math.Min(EndBytes, content.Length)];
        content.Position = content.Length - tail.Length;
        await content.ReadExactlyAsync(tail, cancellationToken);
        var end = tail.AsSpan().LastIndexOf("%%EOF"u8);
        // An archive behind the end would make one file of two.
        if (end < 0 || tail.AsSpan(end + 5).ContainsAnyExcept("\r\n \t\0"u8))
            throw new RuleViolationException("File", "This PDF is incomplete or has extra data at the end.");
    }

    private static void Demand(PdfScan scan)
    {
        if (scan.IsProtected || scan.IsHidden) throw Hidden();
        if (scan.IsActive) throw new RuleViolationException("File", "This PDF contains scripts or attachments; save it without them.");
    }

    private static RuleViolationException Hidden() =>
        new("File", "This PDF is protected or packed so that it cannot be checked; save it without a password.");
}

/// <summary>Reads the names and words of a PDF as they pass.</summary>
internal sealed class PdfScan
{
    private const int LongestToken = 127;

    /// <summary>What has no business in a customer's document.</summary>
    private static readonly HashSet<string> Active = ["JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "Rendition",
        "XFA", "SubmitForm", "ImportData", "GoToE"];

    private readonly StringBuilder _token = new();
    private bool _isPacked;
    private bool _isFiltered;
    private bool _isDeflated;
    private bool _isOtherwiseCoded;
    private bool _isName;
    private bool _isInStream;
    private bool _wantsStart;
    private int _depth;
    private bool _isEscaped;
    private bool _isComment;
    private bool _isHex;
    private int _dictionaries;
    private byte _bracket;
    private long _position;

    public bool IsActive { get; private set; }

    public bool IsProtected { get; private set; }

    /// <summary>Whether objects are packed in a way that is not read here.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Where packed object streams begin.</summary>
    public List<long> Packed { get; } = [];

    /// <summary>
    /// Whether words are those of a text or a comment: they neither begin an object nor a stream, though they may look so.
    /// </summary>
    private bool IsText => _depth > 0 || _isComment;

    public void Look(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (_wantsStart && b != '\r')
            {
                // The data begins behind the end of the line of the word "stream".
                _wantsStart = false;
                Packed.Add(b == '\n' ? _position + 1 : _position);
            }

            if (IsRegular(b))
            {
                if (_token.Length < LongestToken) _token.Append((char)b);
            }
            else
            {
                End(b);
                _isName = b == '/';
            }

            if (!_isInStream) Follow(b);
            _position++;
        }
    }

    /// <summary>Follows where texts and comments begin and end.</summary>
    private void Follow(byte b)
    {
        if (_isComment)
        {
            _isComment = b is not ((byte)'\r' or (byte)'\n');
        }
        else if (_isHex)
        {
            _isHex = b != '>';
        }
        else if (_depth == 0)
        {
            FollowBrackets(b);
        }
        else if (_isEscaped)
        {
            _isEscaped = false;
        }
        else
        {
            _isEscaped = b == '\\';
            _depth += b == '(' ? 1 : b == ')' ? -1 : 0;
        }
    }

    /// <summary>Two brackets begin or end a dictionary; what follows a single one is a text in hexadecimal digits.</summary>
    private void FollowBrackets(byte b)
    {
        var before = _bracket;
        _bracket = b is (byte)'<' or (byte)'>' && b != before ? b : (byte)0;
        if (b == '<' && before == '<') _dictionaries++;
        else if (b == '>' && before == '>') _dictionaries = Math.Max(0, _dictionaries - 1);
        else if (before == '<') _isHex = b != '>';
        else if (b == '(') _depth = 1;
        else _isComment = b == '%';
    }

    private void End(byte by)
    {
        if (_token.Length == 0) return;
        var token = _token.ToString();
        _token.Clear();
        if (_isName) Name(token.Contains('#', StringComparison.Ordinal) ? Unescaped(token) : token);
        else Word(token, by);
    }

    private void Name(string name)
    {
        // A short name is met by chance in packed data, where nothing reads it.
        IsActive |= Active.Contains(name) || (name == "JS" && !_isInStream);
        IsProtected |= name == "Encrypt";
        // Of an object's names only these tell how it is packed; however many others stand around them.
        _isPacked |= name == "ObjStm";
        _isFiltered |= name is "Filter" or "F";
        if (name is "FlateDecode" or "Fl") _isDeflated = true;
        else _isOtherwiseCoded |= name is "DecodeParms" or "DP" || name.EndsWith("Decode", StringComparison.Ordinal);
    }

    private void Word(string word, byte by)
    {
        switch (word)
        {
            case "obj" when !IsText && (_isHex || _dictionaries > 0):
                // No object begins within another; readers leave such a word out.
                IsHidden = true;
                break;
            case "obj" when !IsText:
                _isPacked = _isFiltered = _isDeflated = _isOtherwiseCoded = _isInStream = false;
                break;
            case "endstream":
                _isInStream = _isHex = _isComment = false;
                (_depth, _dictionaries, _bracket) = (0, 0, 0);
                break;
            case "stream" when by is (byte)'\r' or (byte)'\n':
                if (_isPacked) Pack(by);
                _isInStream = !IsText;
                break;
            case "stream" when _isPacked && !_isInStream:
                // Readers find its data all the same, behind blanks that do not belong there.
                IsHidden = true;
                break;
        }
    }

    private void Pack(byte by)
    {
        if (!_isFiltered && !_isDeflated) return;
        if (!_isDeflated || _isOtherwiseCoded) IsHidden = true;
        else if (by == '\n') Packed.Add(_position + 1);
        else _wantsStart = true;
    }

    private static string Unescaped(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '#' && i + 2 < name.Length && char.IsAsciiHexDigit(name[i + 1]) && char.IsAsciiHexDigit(name[i + 2]))
            {
                text.Append((char)Convert.ToInt32(name.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                text.Append(name[i]);
            }
        }

        return text.ToString();
    }

    private static bool IsRegular(byte b) => b is not (0 or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' or (byte)' '
        or (byte)'(' or (byte)')' or (byte)'<' or (byte)'>' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}' or (byte)'/' or (byte)'%');
}
