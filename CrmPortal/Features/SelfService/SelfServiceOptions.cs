namespace CrmPortal.Features.SelfService;

/// <summary>What customers with an account may do themselves.</summary>
internal sealed class SelfServiceOptions
{
    public const string Section = "SelfService";

    /// <summary>Whether visitors may make an account in the browser.</summary>
    public bool Register { get; set; } = true;

    /// <summary>Whether customers may take a reward for their points without anybody of the shop.</summary>
    public bool RedeemRewards { get; set; } = true;
}
