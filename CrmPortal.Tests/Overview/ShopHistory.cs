using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Overview;

/// <summary>Things that happen to orders and points, in an order that a seed decides.</summary>
internal sealed class ShopHistory(TestServices data, Random random) : IAsyncDisposable
{
    private static readonly string[] Currencies = ["EUR", "EUR", "USD", "JPY"];
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TestScope _system = data.AsSystem();
    private readonly List<long> _bookings = [];
    private readonly List<long> _changeSets = [];
    private int _number;

    public async Task<string> StepAsync()
    {
        var step = random.Next(24);
        try
        {
            await (step switch
            {
                < 6 => OrderAsync(),
                6 or 7 => ChangeAsync(),
                8 => OfAnyOrderAsync(id => _system.Get<OrderService>().RefundAsync(id, new(), Token)),
                9 => OfAnyOrderAsync(async id => await _system.Get<OrderService>().MatchAsync(id,
                    random.Next(3) == 0 ? null : await CustomerAsync(), null, Token)),
                10 or 11 => OfAnyOrderAsync(id => _system.Get<OrderService>()
                    .SetStatusAsync(id, (OrderStatus)random.Next(6), null, Token)),
                12 => ImportAsync(),
                13 => UndoAsync(),
                14 => MergeAsync(),
                15 => RemoveAsync(),
                16 or 17 => BookAsync(),
                18 => SpendAsync(),
                19 => ReverseAsync(),
                20 => _system.Get<ExpiryService>().RunAsync(null, Token),
                21 => data.WriteAsync(db => db.Orders.Where(o => o.Id % 5 == 0)
                    .ExecuteUpdateAsync(o => o.SetProperty(x => x.Total, x => x.Total + 1), Token)),
                _ => Task.Run(() => data.Clock.Advance(TimeSpan.FromHours(random.Next(1, 60)))),
            });
        }
        catch (RuleViolationException)
        {
            // Refused: a status that does not follow, points that are not there; nothing happened.
        }

        return step.ToString(CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    private async Task OrderAsync()
    {
        var currency = Currencies[random.Next(Currencies.Length)];
        await _system.Get<OrderService>().CreateAsync(new()
        {
            ExternalId = $"O-{++_number:D5}x", Status = random.Next(4) == 0 ? OrderStatus.Pending : OrderStatus.Paid,
            PlacedAt = Instant(), Currency = currency, Rate = currency == "EUR" ? default(Optional<decimal?>) : new(0.5m),
            CustomerId = new(random.Next(4) == 0 ? null : await CustomerAsync()),
            Lines = new([OrderWriting.Line(random.Next(1, 90), random.Next(1, 3))]),
        }, Token);
    }

    private Task ChangeAsync() => OfAnyOrderAsync(id =>
        _system.Get<OrderService>().UpdateAsync(id, new() { PlacedAt = Instant() }, null, Token));

    private async Task ImportAsync()
    {
        var day = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime).AddDays(-random.Next(40));
        var imported = await _system.UploadTextAsync("order,date,sku,qty,price,customerid,status\n" + string.Concat(
            Enumerable.Range(0, 4).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"I-{++_number},{day.AddDays(-i):yyyy-MM-dd},A,1,{random.Next(1, 50)},{random.Next(5)},paid\n"))));
        await _system.CheckAsync(imported);
        await _system.PublishAsync(imported);
        if ((await _system.Imports.GetAsync(imported, Token))!.ChangeSetId is { } set) _changeSets.Add(set);
    }

    private async Task UndoAsync()
    {
        // An import or a merge of before, or just any last change.
        var last = await data.ReadAsync(db => db.ChangeSets.OrderByDescending(s => s.Id).Select(s => s.Id).Take(6).ToListAsync(Token));
        var sets = _changeSets.Concat(last).ToList();
        if (sets.Count == 0) return;
        await _system.Get<UndoService>().UndoAsync(sets[random.Next(sets.Count)], true, Token);
    }

    private async Task MergeAsync()
    {
        var ids = await LivingAsync();
        if (ids.Count < 4) return;
        var chosen = ids.OrderBy(_ => random.Next()).Take(2).ToList();
        _changeSets.Add((await _system.Get<MergeService>().MergeAsync(new(chosen[0], chosen), Token)).ChangeSetId);
    }

    private async Task RemoveAsync()
    {
        var id = await CustomerAsync();
        if ((await LivingAsync()).Count < 4) return;
        await _system.Trash.DeleteAsync(id, Token);
        if (random.Next(2) == 0) await _system.Trash.PurgeAsync(id, Token);
    }

    private async Task BookAsync()
    {
        var id = await CustomerAsync();
        if (random.Next(2) == 0)
            Note(await _system.Get<LedgerService>().EarnAsync(new() { CustomerId = id, Points = random.Next(1, 300),
                ExpiryDays = random.Next(1, 30) }, null, Token));
        else
            Note((await _system.Get<LedgerService>().AdjustAsync(new() { CustomerId = id, Points = random.Next(-50, 150),
                Reason = "Goodwill" }, null, Token))?.Booked);
    }

    private async Task SpendAsync() => Note(await _system.Get<LedgerService>().RedeemAsync(new() { CustomerId = await CustomerAsync(),
        Points = random.Next(1, 60) }, null, Token));

    private async Task ReverseAsync()
    {
        if (_bookings.Count == 0) return;
        await _system.Get<LedgerService>().ReverseAsync(_bookings[random.Next(_bookings.Count)], "A mistake", Token);
    }

    private void Note(BookingResult? booked)
    {
        if (booked is not null) _bookings.Add(booked.BookingId);
    }

    private async Task OfAnyOrderAsync(Func<long, Task> change)
    {
        var ids = await data.ReadAsync(db => db.Orders.OrderBy(o => o.Id).Select(o => o.Id).ToListAsync(Token));
        if (ids.Count > 0) await change(ids[random.Next(ids.Count)]);
    }

    private async Task<long> CustomerAsync()
    {
        var ids = await LivingAsync();
        return ids.Count < 3 || random.Next(9) == 0 ? (await data.AddCustomerAsync("Person", $"P{++_number}")).Id
            : ids[random.Next(ids.Count)];
    }

    private Task<List<long>> LivingAsync() => data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).OrderBy(c => c.Id)
        .Select(c => c.Id).ToListAsync(Token));

    /// <summary>Some time in the last weeks, often at the turn of an hour or a day, and the same for several orders.</summary>
    private DateTimeOffset Instant()
    {
        var hour = data.Clock.GetUtcNow().UtcDateTime.Date.AddHours(-random.Next(24 * 20));
        return new(hour.AddMinutes(random.Next(4) * 30).AddMicroseconds(random.Next(3) - 1), TimeSpan.Zero);
    }
}
