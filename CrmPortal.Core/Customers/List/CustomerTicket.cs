namespace CrmPortal.Core.Customers;

/// <summary>A ticket of a customer, as far as rules ask about it.</summary>
public sealed class CustomerTicket
{
    public long CustomerId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public bool IsUnsolved { get; init; }
    public bool IsComplaint { get; init; }

    /// <summary>Whether a target was missed.</summary>
    public bool IsLate { get; init; }

    /// <summary>The name of its queue in lower case.</summary>
    public required string Queue { get; init; }

    /// <summary>How it came, as filters write it.</summary>
    public required string Channel { get; init; }

    /// <summary>Each label between two line feeds, in lower case.</summary>
    public required string Tags { get; init; }
}

/// <summary>What a customer answered when they were asked how it was.</summary>
public sealed class CustomerRating
{
    public long CustomerId { get; init; }

    /// <summary>From 1 to 5.</summary>
    public int Score { get; init; }

    /// <summary>Whether it is their last answer.</summary>
    public bool IsLast { get; init; }
}
