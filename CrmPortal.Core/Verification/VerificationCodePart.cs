using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Verification;

/// <summary>Codes that were sent to a merged customer lie with that record: they are void there.</summary>
internal sealed class VerificationCodePart : CustomerPart<VerificationCode>
{
    public override int Position => 260;
}
