using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Webhooks;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Webhooks;

/// <summary>A shop with one webhook that leads to a receiver on this machine.</summary>
internal sealed class WebhookTest : IAsyncDisposable
{
    private WebhookTest(TestServices data, TestScope administrator, HookReceiver receiver, WebhookWithSecret made) =>
        (Data, Administrator, Receiver, Id, Secret) = (data, administrator, receiver, made.Webhook.Id, made.Secret);

    public TestServices Data { get; }

    public TestScope Administrator { get; }

    public HookReceiver Receiver { get; }

    public long Id { get; }

    public string Secret { get; }

    public WebhookService Webhooks => Administrator.Get<WebhookService>();

    public WebhookLog Log => Administrator.Get<WebhookLog>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WebhookTest> StartAsync(DatabaseKind kind, string? filter = null)
    {
        var receiver = await HookReceiver.StartAsync();
        var data = await TestServices.CreateAsync(kind, s => s.Configure<WebhookOptions>(o =>
            (o.AllowPrivateAddresses, o.AllowHttp) = (true, true)));
        var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var made = await administrator.Get<WebhookService>().CreateAsync(Input(receiver.Address, filter), Token);
        return new(data, administrator, receiver, made);
    }

    public static WebhookInput Input(string address, string? filter = null) =>
        new("Shop", address + "/hook", ["customer.created", "customer.updated", "tag.created"], filter);

    /// <summary>What a receiver computes of a delivery with the secret that it was given.</summary>
    public static string Signature(string secret, HookRequest request)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{request.Id}.{request.Timestamp}.{request.Body}");
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]),
            Encoding.UTF8.GetBytes(signed)));
    }

    /// <summary>Something happens to a record.</summary>
    public Task HappenAsync(long subject, string topic = "customer.updated") => Data.WriteAsync(db =>
    {
        db.OutboxEvents.Add(new OutboxEvent
        {
            Topic = topic, SubjectId = subject, Payload = """{"Fields":["GivenName"],"ActorId":3,"ActorName":"Ana Agent"}""",
            CreatedAt = Data.Clock.GetUtcNow(),
        });
        return Task.CompletedTask;
    });

    /// <summary>Hands over what happened and sends what is due; returns how many attempts there were.</summary>
    public async Task<int> SendAsync()
    {
        await Data.DispatchAsync();
        var attempts = 0;
        while (await Data.Get<WebhookCourier>().SendDueAsync(Token) is > 0 and var some) attempts += some;
        return attempts;
    }

    public Task<List<WebhookDelivery>> DeliveriesAsync() =>
        Data.ReadAsync(db => db.WebhookDeliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(Token));

    public async Task<WebhookDetails> WebhookAsync() => (await Webhooks.GetAsync(Id, Token))!;

    public async ValueTask DisposeAsync()
    {
        await Administrator.DisposeAsync();
        await Data.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
