using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <content>Activating, blocking, and the VIP flag.</content>
public sealed partial class CustomerService
{
    /// <summary>Activates or deactivates a customer. Lifting a block is for those who may block.</summary>
    /// <param name="reason">Why they are deactivated.</param>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <exception cref="ConcurrencyConflictException">Someone changed the customer in between.</exception>
    public async Task<CustomerChangeResult?> SetActiveAsync(long id, bool isActive, CancellationToken cancellationToken,
        string? reason = null, long? expectedVersion = null)
    {
        // Customers close their own record; only staff open one again.
        var grant = isActive ? await access.DemandAsync(Permissions.CustomersEdit, cancellationToken)
            : await access.FindForAsync(id, Permissions.CustomersEdit, cancellationToken);
        if (grant is null) return null;
        var errors = new List<FieldError>();
        var why = TextRules.Text("Reason", reason, CustomerRules.ReasonLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var isBlocked = false;
        var changed = await ChangeAsync(grant, id, "customer.status", Permissions.CustomersEdit, (_, customer) =>
        {
            DemandVersion(customer, expectedVersion);
            // Lifting a block is for those who may block.
            isBlocked = customer.Status == CustomerStatus.Blocked && !grant.Has(Permissions.CustomersBlock);
            if (isBlocked) return Task.CompletedTask;
            if (isActive) customer.Activate();
            else customer.Deactivate(why);
            return Task.CompletedTask;
        }, cancellationToken);
        // The refusal is a write of its own, which would wait for ever within the transaction above.
        if (isBlocked) await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        return changed;
    }

    /// <summary>Blocks a customer, who then gets no messages and cannot sign in.</summary>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <exception cref="RuleViolationException">There is no reason.</exception>
    public async Task<CustomerChangeResult?> BlockAsync(long id, string? reason, CancellationToken cancellationToken,
        long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        var why = Reason(reason, "Enter a reason for blocking the customer.");
        return await ChangeAsync(grant, id, "customer.block", Permissions.CustomersBlock, (_, customer) =>
        {
            DemandVersion(customer, expectedVersion);
            customer.Block(why);
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Lifts the block of a customer; one who is not blocked stays as they are.</summary>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    public async Task<CustomerChangeResult?> UnblockAsync(long id, CancellationToken cancellationToken, long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        return await ChangeAsync(grant, id, "customer.block", Permissions.CustomersBlock, (_, customer) =>
        {
            DemandVersion(customer, expectedVersion);
            if (customer.Status == CustomerStatus.Blocked) customer.Activate();
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Sets or lifts the VIP flag.</summary>
    public async Task<CustomerChangeResult?> SetVipAsync(long id, bool isVip, string? reason, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var why = TextRules.Text("Reason", reason, CustomerRules.ReasonLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, id, "customer.vip", Permissions.CustomersEdit, (_, customer) =>
        {
            customer.SetVip(isVip, why, grant.Actor.UserId, clock.GetUtcNow());
            return Task.CompletedTask;
        }, cancellationToken);
    }

    private static string Reason(string? reason, string message)
    {
        var errors = new List<FieldError>();
        var text = TextRules.Required("Reason", reason, CustomerRules.ReasonLength, message, errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : text;
    }
}
