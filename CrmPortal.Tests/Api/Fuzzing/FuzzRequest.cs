using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>A request that can be sent, and written down so that somebody can send it again.</summary>
internal sealed record FuzzRequest(string Method, string Address)
{
    private const int Shown = 400;

    /// <summary>What is odd about it.</summary>
    public required string Case { get; init; }

    public string? Body { get; init; }

    public string MediaType { get; init; } = "application/json";

    /// <summary>In place of <see cref="Body"/>.</summary>
    public Func<HttpContent>? Form { get; init; }

    public (string Name, string Value)? Header { get; init; }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), Address) { Content = Form?.Invoke() };
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", MediaType);
        }

        if (Header is { } header) message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return message;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Case}: {Method} {Short(Address)}{(Header is { } header ? $" {header.Name}: {header.Value}" : "")}
            {(Form is not null ? "(form)" : Body is null ? "(no body)" : $"{MediaType} {Short(Body)}")}
        """);

    private static string Short(string text) =>
        text.Length <= Shown ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..Shown]}… ({text.Length} characters)");
}

/// <summary>The forms that are sent where an operation takes a file.</summary>
internal static class FuzzForms
{
    private static readonly byte[] Pdf = TestFiles.Pdf();
    private static readonly byte[] Text = "name,email\nAda,ada@example.com\n"u8.ToArray();

    public static IEnumerable<(string Case, Func<HttpContent> Form)> All =>
    [
        ("usual", () => Of(("kind", "contract"), ("ticket_id", "1")).With(Pdf, "contract.pdf", "application/pdf")),
        ("no file", () => Of(("kind", "contract"))),
        ("empty file", () => Of(("kind", "contract")).With([], "a.pdf", "application/pdf")),
        ("another kind of file", () => Of(("kind", "contract")).With(Text, "a.pdf", "application/pdf")),
        ("a table", () => new MultipartFormDataContent().With(Text, "people.csv", "text/csv")),
        ("a program", () => Of(("kind", "contract")).With("MZ\0\0"u8.ToArray(), "a.exe", "application/octet-stream")),
        ("odd name", () => Of(("kind", "x")).With(Pdf, "../../a\u202e.pdf", "application/pdf")),
        ("long name", () => Of(("kind", "contract")).With(Pdf, new string('n', 400) + ".pdf", "application/pdf")),
        ("odd kind", () => Of(("kind", "a\0b")).With(Pdf, "a.pdf", "application/pdf")),
        ("long kind", () => Of(("kind", new string('k', 5_000))).With(Pdf, "a.pdf", "application/pdf")),
        ("field twice and unknown", () => Of(("kind", "a"), ("kind", "b"), ("unknown", "c"))
            .With(Pdf, "a.pdf", "application/pdf")),
        ("file first", () => new MultipartFormDataContent().With(Pdf, "a.pdf", "application/pdf")),
        ("odd type", () => Of(("kind", "contract")).With(Pdf, "a.pdf", "rubbish")),
    ];

    private static MultipartFormDataContent Of(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        return form;
    }

    private static MultipartFormDataContent With(this MultipartFormDataContent form, byte[] bytes, string name, string type)
    {
        var file = new ByteArrayContent(bytes);
        file.Headers.TryAddWithoutValidation("Content-Type", type);
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file" };
        file.Headers.ContentDisposition.FileName = $"\"{name}\"";
        form.Add(file);
        return form;
    }
}
