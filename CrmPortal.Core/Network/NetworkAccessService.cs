using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>What access servers ask and tell, by their RADIUS server. Each call sends a few statements, however much there is.</summary>
public sealed class NetworkAccessService(IDatabaseProvider provider, AccessControl access, ISecretProtector secrets, ShopClock clock)
{
    /// <summary>Whether somebody is let in. That is counted, and noted nowhere else.</summary>
    public async Task<AccessAnswer> AuthoriseAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.NetworkAccess, cancellationToken);
        await using var db = provider.CreateContext(null);
        var answer = await AnswerAsync(db, request, cancellationToken);
        try
        {
            await NetworkCounters.CountAsync(db, provider, clock.Today, answer.Verdict, cancellationToken);
        }
        catch (Exception fault) when (provider.IsTransient(fault))
        {
            // Somebody waits at the door; the figure is not worth it.
        }

        return answer;
    }

    /// <summary>Takes what an access server tells. The same told twice, late or in another order changes nothing more.</summary>
    /// <param name="report">Null for a packet that tells nothing which is kept.</param>
    public async Task AccountAsync(UsageReport? report, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.NetworkAccess, cancellationToken);
        if (report is null) return;
        await using var db = provider.CreateContext(null);
        var now = clock.Now;
        if (report.Event is UsageEvent.ServerOn or UsageEvent.ServerOff)
            await SessionKeeper.CloseAllOfAsync(db, report, now, cancellationToken);
        else if (NetworkRules.NameKey(report.Name) is { } name && !string.IsNullOrEmpty(report.SessionId))
            await new SessionKeeper(provider, clock).NoteAsync(db, name, report, cancellationToken);
    }

    private async Task<AccessAnswer> AnswerAsync(CrmDbContext db, AccessRequest request, CancellationToken cancellationToken)
    {
        var name = NetworkRules.NameKey(request.Name);
        var found = name is null ? null : await db.NetworkConnections.Where(c => c.AccessName == name).Select(c => new
        {
            c.ProtectedPassword, IsSuspended = c.SuspendedAt != null, c.Customer!.Status, IsInTrash = c.Customer.DeletedAt != null,
            c.Customer.Subscription, c.Tariff!.DownKbps, c.Tariff.UpKbps, c.Tariff.SessionSeconds, c.Tariff.IdleSeconds,
            c.Tariff.Attributes,
        }).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return new(AccessVerdict.UnknownName, []);
        var password = Password(found.ProtectedPassword);
        if (password is null || (request.Password is null && request.Chap is null)) return new(AccessVerdict.NoPassword, []);
        // Who does not know the password learns nothing of the customer.
        if (!Fits(password, request)) return new(AccessVerdict.WrongPassword, []);
        var state = new ConnectionFacts(found.IsSuspended, true, found.Status, found.IsInTrash, found.Subscription).State;
        return state == ConnectionState.Running
            ? new(AccessVerdict.Accepted, AccessAttributes.Of(found.DownKbps, found.UpKbps, found.SessionSeconds, found.IdleSeconds,
                found.Attributes))
            : new(Refusal(state), []);
    }

    private static AccessVerdict Refusal(ConnectionState state) => state switch
    {
        ConnectionState.Suspended => AccessVerdict.Suspended,
        ConnectionState.NoPassword => AccessVerdict.NoPassword,
        ConnectionState.CustomerBlocked => AccessVerdict.CustomerBlocked,
        ConnectionState.SubscriptionSuspended => AccessVerdict.SubscriptionSuspended,
        ConnectionState.SubscriptionCancelled => AccessVerdict.SubscriptionCancelled,
        _ => AccessVerdict.CustomerInactive,
    };

    private string? Password(string stored)
    {
        if (stored.Length == 0) return null;
        try
        {
            return secrets.Unprotect(NetworkRules.Purpose, stored);
        }
        catch (CryptographicException)
        {
            // The keys are others, as after a restore without them: as if there were none.
            return null;
        }
    }

    private static bool Fits(string password, AccessRequest request) => request.Chap is { } chap ? chap.Fits(password)
        : CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(password)),
            SHA256.HashData(Encoding.UTF8.GetBytes(request.Password!)));
}
