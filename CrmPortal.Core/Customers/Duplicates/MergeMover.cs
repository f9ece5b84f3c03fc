using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>
/// Gives what belongs to some customers to another, by the parts of their features. What the survivor has already stays behind with
/// the others, where undoing finds it: nothing is removed. Every move is an audited change of a tracked row, or a row of its own in
/// the audit where the entity is not audited.
/// </summary>
/// <param name="chosen">Whose value is taken where records have different ones, by the names of the fields.</param>
internal sealed class MergeMover(
    CrmDbContext db, Customer survivor, IReadOnlyList<Customer> others, Actor actor, DateTimeOffset now, IReadOnlyDictionary<string,
        long>? chosen = null)
{
    private readonly List<MergeMove> _moves = [];
    private readonly List<MergeDifference> _differences = [];

    public CrmDbContext Db => db;

    public Customer Survivor => survivor;

    public IReadOnlyList<Customer> Others => others;

    public List<long> OtherIds { get; } = [.. others.Select(c => c.Id)];

    public Actor Actor => actor;

    public DateTimeOffset Now => now;

    public IReadOnlyList<MergeMove> Moves => [.. _moves.Where(m => m.Moved + m.Equal > 0)];

    /// <summary>What the records say differently beside their own fields, such as a field that the shop added.</summary>
    public IReadOnlyList<MergeDifference> Differences => _differences;

    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        foreach (var part in CustomerParts.All) await part.MergeAsync(this, cancellationToken);
    }

    public void Count(string entityType, int moved, int equal) => _moves.Add(new(entityType, moved, equal));

    /// <summary>Moves all rows.</summary>
    public async Task AllAsync<T>(IQueryable<T> rows, Action<T> move, CancellationToken cancellationToken)
        where T : class
    {
        var found = await rows.ToListAsync(cancellationToken);
        found.ForEach(move);
        Count(AuditNames.Of(typeof(T)), found.Count, 0);
    }

    /// <summary>The rows of all, the survivor's first, then the others' in the order of their keys.</summary>
    public async Task<List<T>> RowsAsync<T>(DbSet<T> set, CancellationToken cancellationToken)
        where T : class, ICustomerOwned
    {
        List<long> all = [survivor.Id, .. OtherIds];
        var rows = await set.Where(r => all.Contains(EF.Property<long>(r, "CustomerId"))).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(r => r.CustomerId == survivor.Id ? 0 : 1).ThenBy(r => r.Id)];
    }

    /// <summary>Moves what the survivor has nothing like.</summary>
    /// <param name="choice">How rows with one key may differ; then the values of one of them are chosen.</param>
    public async Task<List<T>> UniqueAsync<T, TKey>(DbSet<T> set, Func<T, TKey> key, CancellationToken cancellationToken,
        MergeChoice<T>? choice = null)
        where T : class, ICustomerOwned
        where TKey : notnull
    {
        var (moved, equal) = (new List<T>(), 0);
        foreach (var alike in (await RowsAsync(set, cancellationToken)).Select(r => (Row: r, Owner: r.CustomerId)).GroupBy(r => key(r.Row)))
        {
            var rows = alike.ToList();
            var held = rows[0].Row;
            if (choice is not null) Decide(rows, choice);
            equal += rows.Skip(1).Count(r => r.Owner != survivor.Id && (choice is null || choice.Text(r.Row) == choice.Text(held)));
            if (rows[0].Owner == survivor.Id) continue;
            db.Entry(held).Property("CustomerId").CurrentValue = survivor.Id;
            moved.Add(held);
        }

        Count(AuditNames.Of(typeof(T)), moved.Count, equal);
        return moved;
    }

    /// <summary>
    /// Notes what records say differently, and answers whose value is to hold; null where they say the same. Without a choice it is the
    /// first one's, who is the survivor where the survivor has a value.
    /// </summary>
    public long? Choose(string name, string label, IReadOnlyList<MergeValue> values, bool isSensitive, bool isSecret = false)
    {
        if (!values.Select(v => v.Value).Distinct().Skip(1).Any()) return null;
        var wanted = chosen is not null && chosen.TryGetValue(name, out var id) && values.Any(v => v.CustomerId == id) ? id
            : values[0].CustomerId;
        _differences.Add(new(name, label, values, wanted, isSensitive, isSecret));
        return wanted;
    }

    /// <summary>After the fields were decided: every primary e-mail and phone that is not the survivor's stays as a further one.</summary>
    public async Task KeepFurtherAsync((string? Email, DateTimeOffset? Verified) email, (string? Phone, DateTimeOffset? Verified) phone,
        CancellationToken cancellationToken)
    {
        var points = (await db.ContactPoints.Where(p => p.CustomerId == survivor.Id).ToListAsync(cancellationToken))
            .Select(p => (p.Kind, p.ValueKey)).ToHashSet();
        if (survivor.Email is { } mine) points.Add((ContactKind.Email, mine.ToLowerInvariant()));
        if (survivor.Phone is { } number) points.Add((ContactKind.Phone, number));
        Keep(ContactKind.Email, email.Email, email.Verified);
        Keep(ContactKind.Phone, phone.Phone, phone.Verified);
        foreach (var other in others.OrderByDescending(c => c.UpdatedAt))
        {
            Keep(ContactKind.Email, other.Email, other.EmailVerifiedAt);
            Keep(ContactKind.Phone, other.Phone, other.PhoneVerifiedAt);
        }

        void Keep(ContactKind kind, string? value, DateTimeOffset? verifiedAt)
        {
            if (value is null || !points.Add((kind, value.ToLowerInvariant()))) return;
            db.ContactPoints.Add(new ContactPoint { CustomerId = survivor.Id, Kind = kind, Value = value, VerifiedAt = verifiedAt });
        }
    }

    /// <summary>The row of the audit for a move that is not recorded by itself, so that undoing finds it.</summary>
    public async Task RecordAsync(string entityType, long id, long from, CancellationToken cancellationToken) =>
        db.AuditEntries.Add(new AuditEntry
    {
        ChangeSet = await db.StartChangeSetAsync(cancellationToken), EntityType = entityType, EntityId = id, CustomerId = survivor.Id,
            Action = AuditAction.Updated,
        Fields = "CustomerId", Values = JsonSerializer.Serialize(new Dictionary<string,
            object?[]> { ["CustomerId"] = [from, survivor.Id] }, ChangeRecorder.Json),
    });

    /// <summary>Gives the row that stays the values that were chosen.</summary>
    private void Decide<T>(List<(T Row, long Owner)> rows, MergeChoice<T> choice)
    {
        var held = rows[0].Row;
        var values = rows.Select(r => new MergeValue(r.Owner, choice.Text(r.Row))).ToList();
        var wanted = Choose(choice.Name(held), choice.Label(held), values, rows.Exists(r => choice.IsSensitive(r.Row)),
            rows.Exists(r => choice.IsSecret(r.Row)));
        if (wanted is { } owner && owner != rows[0].Owner) choice.Take(held, rows.First(r => r.Owner == owner).Row);
    }
}

/// <summary>How rows with one key may say different things.</summary>
/// <param name="Name">The field by which a merge request chooses, such as <c>field.shoe_size</c>.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Text">What a row says.</param>
/// <param name="Take">Gives the first row what the second says.</param>
internal sealed record MergeChoice<T>(Func<T, string> Name, Func<T, string> Label, Func<T, string?> Text, Action<T, T> Take)
{
    /// <summary>Whether what a row says is only for those who may see sensitive values.</summary>
    public Func<T, bool> IsSensitive { get; init; } = _ => false;

    /// <summary>Whether what a row says is encrypted, so that nobody is shown it here.</summary>
    public Func<T, bool> IsSecret { get; init; } = _ => false;
}

/// <summary>What some records say differently beside their own fields.</summary>
internal sealed record MergeDifference(string Name, string Label, IReadOnlyList<MergeValue> Values, long ChosenId, bool IsSensitive,
    bool IsSecret)
{
    /// <summary>The field for the screen; what may not be seen only shows whether it is the same.</summary>
    public MergeField Field(bool maySee)
    {
        var isMasked = IsSecret || (IsSensitive && !maySee);
        if (!isMasked) return new(Name, Values, ChosenId, false) { Label = Label };
        var texts = Values.Select(v => v.Value).Distinct().ToList();
        return new(Name, [.. Values.Select(v => v
            with { Value = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"••• {texts.IndexOf(v.Value) + 1}") })],
            ChosenId, true) { Label = Label };
    }
}
