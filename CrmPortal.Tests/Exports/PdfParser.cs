using System.Globalization;
using System.Text;

namespace CrmPortal.Tests.Exports;

/// <summary>Reads the values of PDF one after another.</summary>
internal sealed class PdfParser(byte[] data)
{
    /// <summary>What <see cref="Next"/> answers for a value, which is in <see cref="Last"/> then.</summary>
    public const string Operand = "\0";

    public int At { get; set; }

    public object? Last { get; private set; }

    /// <summary>The next operator, or <see cref="Operand"/>, or null at the end.</summary>
    public string? Next()
    {
        SkipBlanks();
        if (At >= data.Length) return null;
        if (char.IsAsciiLetter((char)data[At]) && Word() is not ("true" or "false" or "null") and var word)
        {
            At += word.Length;
            return word;
        }

        Last = Value();
        return Operand;
    }

    public void Skip(string word)
    {
        SkipBlanks();
        Assert.Equal(word, Encoding.ASCII.GetString(data, At, word.Length));
        At += word.Length;
    }

    public object? Value()
    {
        SkipBlanks();
        switch ((char)data[At])
        {
            case '<' when data[At + 1] == '<': return Dictionary();
            case '<': return Hex();
            case '(': return Literal();
            case '[': return List();
            case '/':
                At++;
                var name = Word();
                At += name.Length;
                return "/" + name;
        }

        var word = Word();
        At += word.Length;
        if (!double.TryParse(word, CultureInfo.InvariantCulture, out var number))
            return word switch { "true" => true, "false" => false, "null" => null, _ => throw new FormatException($"Not a value: {word}") };
        // Two numbers and an R are a reference.
        var rest = Encoding.ASCII.GetString(data, At, Math.Min(4, data.Length - At));
        if (!rest.StartsWith(" 0 R", StringComparison.Ordinal)) return number;
        At += 4;
        return new PdfReference((int)number);
    }

    private Dictionary<string, object?> Dictionary()
    {
        var values = new Dictionary<string, object?>();
        At += 2;
        for (SkipBlanks(); data[At] != '>'; SkipBlanks()) values.Add(((string)Value()!)[1..], Value());
        At += 2;
        return values;
    }

    private List<object?> List()
    {
        var values = new List<object?>();
        At++;
        for (SkipBlanks(); data[At] != ']'; SkipBlanks()) values.Add(Value());
        At++;
        return values;
    }

    private byte[] Hex()
    {
        var end = System.Array.IndexOf(data, (byte)'>', At);
        var bytes = Convert.FromHexString(Encoding.ASCII.GetString(data, At + 1, end - At - 1));
        At = end + 1;
        return bytes;
    }

    private byte[] Literal()
    {
        var bytes = new List<byte>();
        for (At++; data[At] != ')'; At++)
        {
            if (data[At] == '\\') bytes.Add(data[++At] == 'r' ? (byte)'\r' : data[At]);
            else bytes.Add(data[At]);
        }

        At++;
        return [.. bytes];
    }

    private string Word()
    {
        var end = At;
        while (end < data.Length && !" \n\r\t\f\0<>()[]/".Contains((char)data[end], StringComparison.Ordinal)) end++;
        return Encoding.ASCII.GetString(data, At, end - At);
    }

    private void SkipBlanks()
    {
        while (At < data.Length && data[At] is (byte)' ' or (byte)'\n' or (byte)'\r') At++;
    }
}
