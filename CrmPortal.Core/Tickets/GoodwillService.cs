using System.Globalization;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>What became of goodwill.</summary>
/// <param name="Waits">Whether a second person has to decide first.</param>
/// <param name="Code">Of a voucher, the code for the customer.</param>
public sealed record GoodwillResult(bool Waits, string? Code);

/// <summary>
/// Points or a voucher for a customer who was let down: booked in the ledger within the agent's limit, and noted in the ticket.
/// </summary>
public sealed class GoodwillService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, LedgerService ledger,
    RewardService rewards, TimeProvider clock)
{
    /// <summary>Credits points. Above the agent's limit it waits for a second person.</summary>
    /// <param name="key">Of the form; the same one books once.</param>
    /// <returns>Null where there is no such ticket.</returns>
    /// <exception cref="RuleViolationException">The points or the reason are wrong, or nobody knows whose ticket it is.</exception>
    public async Task<GoodwillResult?> CreditAsync(long ticketId, long points, string? reason, string key,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        if (await CustomerAsync(ticketId, cancellationToken) is not { } customer) return null;
        if (points <= 0) throw new RuleViolationException("Points", "Enter the points to credit.");
        var booked = await ledger.AdjustAsync(new() { CustomerId = customer, Points = points, Reason = ReasonOf(ticketId, reason) }, key,
            cancellationToken) ?? throw NoCustomer();
        if (booked.Booked is { IsRepeat: true }) return new(false, null);
        await NoteAsync(ticketId, booked.Booked is null ? $"Goodwill of {Number(points)} points was requested: {reason}"
            : $"Goodwill of {Number(points)} points was credited: {reason}", cancellationToken);
        return new(booked.Booked is null, null);
    }

    /// <summary>Gives a voucher: its price in points is credited as goodwill, and spent on it.</summary>
    /// <returns>Null where there is no such ticket or reward.</returns>
    /// <exception cref="RuleViolationException">It costs more than the agent may give, or cannot be had.</exception>
    public async Task<GoodwillResult?> VoucherAsync(long ticketId, long rewardId, string? reason, string key,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await access.DemandAsync(Permissions.LoyaltyRedeem, cancellationToken);
        await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        if (await CustomerAsync(ticketId, cancellationToken) is not { } customer) return null;
        if ((await rewards.ListAsync(false, cancellationToken)).FirstOrDefault(r => r.Id == rewardId) is not { } reward) return null;
        if (reward.Price > await ledger.OwnLimitAsync(cancellationToken))
            throw new RuleViolationException("RewardId", "This voucher is above your limit; credit points, which a second person decides.");
        if (reward.Price > 0)
            await ledger.AdjustAsync(new() { CustomerId = customer, Points = reward.Price, Reason = ReasonOf(ticketId, reason) }, key,
                cancellationToken);
        var given = await rewards.RedeemAsync(customer, rewardId, cancellationToken) ?? throw NoCustomer();
        await NoteAsync(ticketId, $"Goodwill: the voucher {reward.Name} with the code {given.Code} was given: {reason}", cancellationToken);
        return new(false, given.Code);
    }

    private static string Number(long points) => points.ToString("N0", CultureInfo.InvariantCulture);

    private static string ReasonOf(long ticketId, string? reason) => string.IsNullOrWhiteSpace(reason)
        ? throw new RuleViolationException("Reason", "Give a reason for the goodwill.") : $"{Ticket.NameOf(ticketId)}: {reason.Trim()}";

    private static RuleViolationException NoCustomer() => new("", "Choose the customer of this ticket first.");

    private async Task<long?> CustomerAsync(long ticketId, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Tickets.Where(t => t.Id == ticketId).Select(t => new { t.CustomerId }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : found.CustomerId ?? throw NoCustomer();
    }

    private async Task NoteAsync(long ticketId, string text, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ticket = await db.Tickets.FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket is null) return;
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        db.TicketMessages.Add(new()
        {
            TicketId = ticketId, Ticket = ticket, Kind = TicketMessageKind.Internal, At = clock.GetUtcNow(), AuthorId = grant.Actor.UserId,
            AuthorName = grant.Actor.Name, Text = text, SearchText = TicketSearch.Of(text),
        });
        TicketNotices.TellPages(db, ticketId, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
    }
}
