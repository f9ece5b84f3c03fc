using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>A customer with the key by which a list of matches is read newest first without sorting.</summary>
public sealed class CustomerMatch
{
    public required long Key { get; init; }
    public required Customer Customer { get; init; }
}

/// <summary>What customers ask of the engine; every <see cref="IDatabaseProvider"/> has it.</summary>
public interface ICustomerSearch
{
    /// <summary>The customers in whose texts every term occurs, through the full-text index.</summary>
    /// <param name="withContacts">Whether e-mails and phones are searched as well as names and numbers.</param>
    IQueryable<CustomerMatch> MatchCustomers(CrmDbContext db, IReadOnlyList<string> terms, bool withContacts);

    /// <summary>
    /// Writes customers into the index who wait for it, where the engine does not see to that by itself; they are found meanwhile all the
    /// same.
    /// </summary>
    Task IndexWaitingAsync(CancellationToken cancellationToken);
}

public static class CustomerDatabase
{
    /// <summary>How often those are looked for who wait to be written into the index.</summary>
    public static readonly TimeSpan IndexInterval = TimeSpan.FromSeconds(5);

    extension(IDatabaseProvider provider)
    {
        /// <inheritdoc cref="ICustomerSearch.MatchCustomers"/>
        public IQueryable<CustomerMatch> MatchCustomers(CrmDbContext db, IReadOnlyList<string> terms, bool withContacts) =>
            ((ICustomerSearch)provider).MatchCustomers(db, terms, withContacts);

        /// <inheritdoc cref="ICustomerSearch.IndexWaitingAsync"/>
        public Task IndexWaitingAsync(CancellationToken cancellationToken) =>
            ((ICustomerSearch)provider).IndexWaitingAsync(cancellationToken);

        /// <summary>
        /// Waits until no other transaction is changing these customers, and keeps others waiting until the running one ends. What
        /// belongs to a customer (addresses, tags, notes) is changed under their lock as well.
        /// </summary>
        public Task LockCustomersAsync(CrmDbContext db, IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
            provider.LockAsync<Customer>(db, ids, cancellationToken);
    }
}
