using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using CrmPortal.Core.Verification;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CrmPortal.Tests.Verification;

/// <summary>Short messages through a real server: they arrive exactly, and what goes wrong is told without phone and text.</summary>
public sealed class GatewaySmsTests
{
    private const string Phone = "+442079460958";

    /// <summary>Everything that means something in an address, a form, JSON or XML, and what is not ASCII.</summary>
    private const string Words = "\"Tea & biscuits\" <50%>: code=123 456;\nhttps://shop.example/?a=1+2#b \\ 'é' 😀 {to}";

    [Fact]
    public async Task Address_HoldsPhoneAndText_Escaped()
    {
        await using var gateway = await FakeSmsGateway.StartAsync();

        await SendAsync(new() { Url = gateway.Address + "/send/{to}?to={to}&text={text}&from=Shop", Method = "get" });

        var request = Assert.Single(gateway.Requests);
        Assert.Equal(("GET", "/send/" + Phone, "", null), (request.Method, request.Path, request.Body, request.ContentType));
        Assert.Equal((Phone, Words, "Shop"),
            ((string?)request.Query["to"], (string?)request.Query["text"], (string?)request.Query["from"]));
    }

    [Fact]
    public async Task Json_IsReadBackExactly_AndOwnHeadersAreSent()
    {
        await using var gateway = await FakeSmsGateway.StartAsync();

        await SendAsync(new() { Url = gateway.Address, Headers = { ["Authorization"] = "Bearer secret-key" } });
        await SendAsync(new() { Url = gateway.Address, ContentType = "application/vnd.gateway+json; charset=utf-8",
            Body = """{"messages":[{"destination":"{to}","body":"{text}"}]}""" });

        var (first, second) = (gateway.Requests.First(), gateway.Requests.Last());
        Assert.Equal(("POST", "application/json", "Bearer secret-key"), (first.Method, first.ContentType, first.Authorization));
        var usual = JsonDocument.Parse(first.Body).RootElement;
        Assert.Equal((Phone, Words), (usual.GetProperty("to").GetString(), usual.GetProperty("text").GetString()));
        var own = JsonDocument.Parse(second.Body).RootElement.GetProperty("messages")[0];
        Assert.Equal((Phone, Words), (own.GetProperty("destination").GetString(), own.GetProperty("body").GetString()));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "")]
    [InlineData("Application/X-WWW-Form-Urlencoded; charset=utf-8", "from=Shop&to={to}&text={text}")]
    public async Task Form_IsReadBackExactly(string type, string body)
    {
        await using var gateway = await FakeSmsGateway.StartAsync();

        await SendAsync(new() { Url = gateway.Address, ContentType = type, Body = body });

        var form = Assert.Single(gateway.Requests).Form!;
        Assert.Equal((Phone, Words), ((string?)form["to"], (string?)form["text"]));
        Assert.Equal(body.Length > 0 ? 3 : 2, form.Count);
    }

    [Fact]
    public async Task Xml_IsReadBackExactly()
    {
        await using var gateway = await FakeSmsGateway.StartAsync();

        await SendAsync(new() { Url = gateway.Address, ContentType = "application/xml",
            Body = "<sms to=\"{to}\"><text>{text}</text></sms>" });

        var sms = XDocument.Parse(Assert.Single(gateway.Requests).Body).Root!;
        Assert.Equal((Phone, Words), ((string?)sms.Attribute("to"), (string?)sms.Element("text")));
    }

    [Fact]
    public async Task PlainText_IsSentAsItIs()
    {
        await using var gateway = await FakeSmsGateway.StartAsync();

        await SendAsync(new() { Url = gateway.Address + "/{to}", Method = "PUT", ContentType = "text/plain; charset=utf-8",
            Body = "{text}" });

        Assert.Equal(("PUT", Words), (gateway.Requests.Single().Method, gateway.Requests.Single().Body));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Redirect)]
    public async Task Refusal_IsAFault_ThatSaysNeitherPhoneNorText(HttpStatusCode status)
    {
        await using var gateway = await FakeSmsGateway.StartAsync();
        gateway.Answer = status;
        var log = new LogLines();

        await Assert.ThrowsAsync<SmsException>(() => SendAsync(new() { Url = gateway.Address + "/?to={to}&text={text}" }, log));

        // A redirect is not followed: it would hand the phone to somebody else.
        Assert.Single(gateway.Requests);
        AssertSilent(log);
        Assert.Contains(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(log.Lines),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatIsGone_AndAnAddressThatIsNone_AreFaults()
    {
        var log = new LogLines();
        var gateway = await FakeSmsGateway.StartAsync();
        var address = gateway.Address;
        await gateway.DisposeAsync();

        await Assert.ThrowsAsync<SmsException>(() => SendAsync(new() { Url = address + "/?to={to}&text={text}" }, log));
        await Assert.ThrowsAsync<SmsException>(() => SendAsync(new() { Url = "{to} {text}" }, log));
        await Assert.ThrowsAsync<SmsException>(() => SendAsync(new() { Url = address, ContentType = "image/png", Body = "{to} {text}" },
            log));

        Assert.Equal(3, log.Lines.Count);
        AssertSilent(log);
    }

    [Fact]
    public async Task CallerWhoGivesUp_IsNoFaultOfTheGateway()
    {
        await using var gateway = await FakeSmsGateway.StartAsync();
        var log = new LogLines();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SendAsync(new() { Url = gateway.Address }, log, new CancellationToken(canceled: true)));

        Assert.Empty(log.Lines);
    }

    private static async Task SendAsync(SmsOptions options, LogLines? log = null, CancellationToken cancellationToken = default)
    {
        using var sms = new GatewaySms(Options.Create(options), log ?? new LogLines());
        Assert.True(sms.IsReady);
        await sms.SendAsync(Phone, Words, cancellationToken);
    }

    private static void AssertSilent(LogLines log) => Assert.All(log.Lines, line =>
    {
        Assert.DoesNotContain(Phone[1..], line, StringComparison.Ordinal);
        Assert.DoesNotContain("biscuits", line, StringComparison.Ordinal);
        Assert.DoesNotContain("123", line, StringComparison.Ordinal);
    });

    private sealed class LogLines : ILogger<GatewaySms>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception) + exception);
    }
}
