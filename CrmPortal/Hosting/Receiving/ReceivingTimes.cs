namespace CrmPortal.Hosting;

/// <summary>How often mailboxes are looked into, and how long is waited for what.</summary>
internal sealed record ReceivingTimes
{
    /// <summary>So often it is seen that a mailbox was added, changed or switched off.</summary>
    public TimeSpan Tend { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So often a mailbox is looked into whose server does not tell of new mails, or where one is to be tried again.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>So long a server is asked to tell of new mails before it is asked anew; many forget it after half an hour.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause after a connection that failed; each further one is twice as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>So long a node has a mailbox for itself unless it says that it goes on.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);
}
