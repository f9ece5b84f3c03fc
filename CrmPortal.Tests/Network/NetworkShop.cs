using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Network;

/// <summary>A shop with one tariff, and a customer who has a connection.</summary>
internal sealed class NetworkShop : IAsyncDisposable
{
    public const string Name = "ada@example.net";
    public const string Password = "sésame 100%";

    private NetworkShop(TestServices data, TestScope administrator, CustomerDetails customer, ConnectionDetails connection) =>
        (Data, Administrator, Customer, Connection) = (data, administrator, customer, connection);

    public TestServices Data { get; }

    public TestScope Administrator { get; }

    public CustomerDetails Customer { get; }

    public ConnectionDetails Connection { get; }

    public ConnectionService Connections => Administrator.Get<ConnectionService>();

    public TariffService Tariffs => Administrator.Get<TariffService>();

    public NetworkAccessService Access => Administrator.Get<NetworkAccessService>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<NetworkShop> StartAsync(DatabaseKind kind)
    {
        var data = await TestServices.CreateAsync(kind);
        var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<TariffService>().CreateAsync(Tariff("home-100"), Token);
        var customer = await data.AddCustomerAsync();
        var made = await administrator.Get<ConnectionService>().SaveAsync(customer.Id, null, new("HOME-100", " Ada@Example.NET ", Password),
            Token);
        return new(data, administrator, customer, made!.Connection);
    }

    public static TariffInput Tariff(string code) => new(code, "Home", 100_000, 20_000, 29.90m, null, 86_400, null,
        ["Mikrotik-Rate-Limit = {up}k/{down}k"]);

    public async Task<AccessVerdict> AskAsync(string name = Name, string? password = Password) =>
        (await Access.AuthoriseAsync(new(name, password, null), Token)).Verdict;

    public Task TellAsync(UsageEvent told, string session = "S1", long seconds = 0, long up = 0, long down = 0, long delay = 0,
        string name = Name) => Access.AccountAsync(new(told, name, session, "bras-1", "192.0.2.17", seconds, up, down, delay,
            told == UsageEvent.Stop ? "User-Request" : null), Token);

    public Task<List<NetworkSession>> SessionsAsync() => Data.ReadAsync(db => db.NetworkSessions.AsNoTracking().OrderBy(s => s.Id)
        .ToListAsync(Token));

    public Task<List<NetworkUsage>> DaysAsync() => Data.ReadAsync(db => db.NetworkUsages.AsNoTracking().OrderBy(u => u.Day)
        .ToListAsync(Token));

    /// <summary>What somebody answers to a challenge who knows the password.</summary>
    public static ChapAnswer Chap(string password, byte[] challenge)
    {
        byte[] hashed = [7, .. Encoding.UTF8.GetBytes(password), .. challenge];
#pragma warning disable CA5351 // The protocol knows no other hash.
        return ChapAnswer.Of([7, .. MD5.HashData(hashed)], challenge)!;
#pragma warning restore CA5351
    }

    public async ValueTask DisposeAsync()
    {
        await Administrator.DisposeAsync();
        await Data.DisposeAsync();
    }
}
