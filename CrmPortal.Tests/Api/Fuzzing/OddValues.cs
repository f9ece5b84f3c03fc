namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>What clients send by mistake or in malice, as JSON and as parts of an address.</summary>
internal static class OddValues
{
    private const int Many = 3_000;

    /// <summary>Values of JSON, written out, since some of them cannot be held by a string of .NET.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "-0.0", "1e400", "-1e400", "1e-400", "2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "9007199254740993", "99999999999999999999999999", "79228162514264337593543950335",
        "79228162514264337593543950336", "0.1234567890123456789012345678901", "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0000b\"",
        "\"\\ud800\"", "\"a\\udc00b\"", "\"\\ud83d\\ude00\"", "\"\\u202eabc\"", "\"\\u0001\\u001f\\u007f\\u0085\\u2028\"", "\"NaN\"",
        "\"Infinity\"", "\"-Infinity\"", "\"null\"", "\"true\"", "\"0\"", "\"-1\"", "\"1e9\"", "\"9999999999999999999999\"",
        "\"2026-13-01\"", "\"2026-02-30\"", "\"0001-01-01\"", "\"9999-12-31\"", "\"0000-00-00\"", "\"2026-01-01T00:00:00\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"2026-01-01T25:61:61Z\"", "\"today\"", "\"' or 1=1 --\"",
        "\"%\"", "\"\\\\\"", "\"=1+1\"", "\"<b>&amp;\"", "\"../../etc/passwd\"", "\"a@b\"", "\"@\"", "\"+\"", "\"http://[::1\"",
        "\"javascript:alert(1)\"", Text(300), Text(5_000), Text(200_000), "[]", "{}", "[null]", "[[]]", "[{}]", "[1,\"a\",null]",
        "{\"\":null}", "{\"a\":1}", "{\"id\":1}", List("1"), List("\"a\""), List("{}"), Nested(60), Nested(2_000), Numbered(Many),
    ];

    /// <summary>Bodies that are not what JSON or this API takes, whatever the operation.</summary>
    public static IReadOnlyList<string> Bodies { get; } =
    [
        "", " ", "null", "true", "5", "\"x\"", "[]", "[{}]", "{", "}", "{]", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "{a:1}", "{\"a\":NaN}",
        "{\"a\":Infinity}", "{\"a\":1}{\"b\":2}", "// no\n{}", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}",
        "\uFEFF{}", Nested(2_000), "{\"" + new string('n', 5_000) + "\":1}", "{\"$type\":\"System.String\"}", "{\"__proto__\":{}}",
        "{\"a\\u0000b\":1}", "{\"\\ud800\":1}",
    ];

    /// <summary>Values of a query, as they are sent.</summary>
    public static IReadOnlyList<string> InQuery { get; } =
    [
        "", "0", "-1", "1.5", "abc", "NaN", "null", "true", "1e9", "2147483648", "9223372036854775807", "9223372036854775808",
        "99999999999999999999999", "%D9%A3", "%201", "1%20", "+1", "%00", "a%00b", "%ED%A0%80", "%FF%FE",
        "%0A", "%F0%9F%92%A9", "%25", "%5C",
        "%27", "%22", "%2A", "%28", "%29%28", "a%2Cb", "a%3Ab", "%2C%2C", "-", "--", "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31",
        "9999-12-31T23%3A59%3A59Z", "0001-01-01T00%3A00%3A00%2B14%3A00", "2026-01-01", "name", "-name", "id%20desc", "id%3B", "%24where",
        new('9', 400), new('x', 4_000), string.Concat(Enumerable.Repeat("%28", 1_500)), string.Concat(Enumerable.Repeat("a%2C", 1_000)),
    ];

    /// <summary>Parts of a path. One that holds U+0000 reaches no program: neither server nor client takes it.</summary>
    public static IReadOnlyList<string> InPath { get; } =
        [.. InQuery.Where(v => v.Length > 0 && !v.Contains("%00", StringComparison.Ordinal))];

    /// <summary>Conditions of lists, whose words and brackets are a small language.</summary>
    public static IReadOnlyList<string> Conditions { get; } =
    [
        "vip:yes", "not(vip:yes)", "not(", "any(", "all()", "any(vip:yes", "vip", "vip:", ":yes", "vip:perhaps", "spent:more:1e999",
        "spent:more:-1", "spent:less:79228162514264337593543950336", "created:before:0001-01-01", "created:after:9999-12-31",
        "created:before:9999-12-31T23%3A59%3A59Z", "tags:any:", "tags:any:%00", "name:is:%ED%A0%80", "field:x:y:z", "segment:99999999999999999999",
        string.Concat(Enumerable.Repeat("not%28", 1_200)) + "vip:yes" + string.Concat(Enumerable.Repeat("%29", 1_200)),
        string.Join("%3B", Enumerable.Repeat("vip:yes", 400)),
    ];

    public static IReadOnlyList<string> Keys { get; } = [new('k', 300), " ", "\u00e9", "\"", "a,b", "0"];

    public static IReadOnlyList<string> Tags { get; } =
        ["\"v0\"", "\"v999999\"", "\"v99999999999999999999999\"", "\"v-1\"", "W/\"v1\"", "v1", "\"", "\"v1\", \"v2\"", "\"\"", "*, \"v1\""];

    public static IReadOnlyList<string> MediaTypes { get; } =
    [
        "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "rubbish",
        "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json;",
        "application/merge-patch+json", "*/*",
    ];

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string List(string element) => $"[{string.Join(',', Enumerable.Repeat(element, Many))}]";

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":[", depth)) + "1"
        + string.Concat(Enumerable.Repeat("]}", depth));

    private static string Numbered(int count) =>
        $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"\"k{i}\":{i}")))}}}";
}
