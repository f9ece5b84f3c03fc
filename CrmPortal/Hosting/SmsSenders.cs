using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Data;
using CrmPortal.Core.Verification;
using Microsoft.Extensions.Options;

namespace CrmPortal.Hosting;

/// <summary>How short messages leave: through any gateway that takes an HTTP request.</summary>
internal sealed class SmsOptions
{
    public const string Section = "Sms";

    /// <summary>The gateway's address; {to} and {text} in it are escaped for addresses.</summary>
    public string Url { get; set; } = "";

    public string Method { get; set; } = "POST";

    /// <summary>The body; {to} and {text} in it are escaped for JSON.</summary>
    public string Body { get; set; } = """{"to":"{to}","text":"{text}"}""";

    public string ContentType { get; set; } = "application/json";

    /// <summary>Such as <c>Authorization</c> with its value.</summary>
    public Dictionary<string, string> Headers { get; } = [];
}

internal static class SmsSetup
{
    public static void AddSms(this IServiceCollection services, IHostEnvironment environment)
    {
        services.AddOptions<SmsOptions>().BindConfiguration(SmsOptions.Section);
        services.AddSingleton<ISmsSender>(s => s.GetRequiredService<IOptions<SmsOptions>>().Value.Url.Length > 0
            ? ActivatorUtilities.CreateInstance<GatewaySms>(s)
            : new FileSms(environment.IsDevelopment() ? Path.Combine(s.GetRequiredService<DatabaseOptions>().DataFolder, "sms") : null, s.GetRequiredService<TimeProvider>()));
    }
}

/// <summary>Hands messages to the gateway of the settings. What it answers is not read, only whether it took the message.</summary>
internal sealed partial class GatewaySms(IOptions<SmsOptions> options, ILogger<GatewaySms> logger) : ISmsSender, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(10) };

    public bool IsReady => true;

    public async Task SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        var gateway = options.Value;
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(gateway.Method), Filled(gateway.Url, to, text, Uri.EscapeDataString));
            if (gateway.Method is not ("GET" or "HEAD"))
            {
                request.Content = new StringContent(Filled(gateway.Body, to, text, s => JsonEncodedText.Encode(s).ToString()), Encoding.UTF8);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(gateway.ContentType);
            }

            foreach (var (name, value) in gateway.Headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"The gateway answered {(int)answer.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or UriFormatException or FormatException or InvalidOperationException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The address may hold the phone and the text, so only the kind of fault is told.
            LogRefused(fault.GetType().Name, (fault as HttpRequestException)?.StatusCode is { } status ? (int)status : 0);
            throw new SmsFault("The gateway did not take the message.", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    // In one pass, so that a text that holds {to} stays as it is.
    private static string Filled(string template, string to, string text, Func<string, string> escape) =>
        string.Join(escape(text), template.Split("{text}").Select(part => part.Replace("{to}", escape(to), StringComparison.Ordinal)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The SMS gateway did not take a message: {Fault} {Status}")]
    private partial void LogRefused(string fault, int status);
}

/// <summary>Writes each message as a file in Development; elsewhere there is no way to send any.</summary>
internal sealed class FileSms(string? folder, TimeProvider clock) : ISmsSender
{
    public bool IsReady => folder is not null;

    public async Task SendAsync(string to, string text, CancellationToken cancellationToken)
    {
        if (folder is null) throw new SmsFault("There is no gateway.");
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid():N}.txt");
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(Path.Combine(folder, name), new UTF8Encoding(false), file);
        await writer.WriteAsync($"To: {to}\n\n{text}\n".AsMemory(), cancellationToken);
    }
}
