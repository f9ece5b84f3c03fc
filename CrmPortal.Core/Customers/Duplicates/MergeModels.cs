using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Customers to be merged.</summary>
/// <param name="SurvivorId">Who stays.</param>
/// <param name="Ids">Who goes into them; the survivor may stand among them.</param>
/// <param name="Fields">Whose value of a field is taken, by the names of <see cref="MergeField"/>; without one, the rule decides.</param>
public sealed record MergeRequest(long SurvivorId, IReadOnlyList<long> Ids, IReadOnlyDictionary<string, long>? Fields = null);

/// <summary>What one of the customers has in a field; null for nothing.</summary>
public sealed record MergeValue(long CustomerId, string? Value);

/// <summary>A field with everybody's value, and whose is taken.</summary>
/// <param name="Name">The property's name, such as <c>GivenName</c>, or a name such as <c>field.shoe_size</c>.</param>
/// <param name="IsMasked">Whether the values are masked here.</param>
public sealed record MergeField(string Name, IReadOnlyList<MergeValue> Values, long ChosenId, bool IsMasked)
{
    /// <summary>What people call it, where it is no field of every customer: a field that the shop added, a preference, a product that
    /// both reviewed.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the customers do not all have the same.</summary>
    public bool Differs => Values.Select(v => v.Value).Distinct().Skip(1).Any();
}

/// <summary>How many rows of a kind go to the survivor.</summary>
/// <param name="EntityType">The entity's name, such as <c>Order</c>.</param>
/// <param name="Equal">How many stay behind because the survivor has the same already.</param>
public sealed record MergeMove(string EntityType, int Moved, int Equal);

/// <summary>What a merge would do.</summary>
public sealed record MergePreview(long SurvivorId, IReadOnlyList<DuplicateSide> Customers, IReadOnlyList<MergeField> Fields,
    IReadOnlyList<MergeMove> Moves);

/// <summary>What a merge did; the change set takes it back.</summary>
public sealed record MergeResult(CustomerDetails Customer, IReadOnlyList<MergeMove> Moves, long ChangeSetId);
