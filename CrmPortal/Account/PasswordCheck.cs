using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Identity;

namespace CrmPortal.Account;

/// <summary>Lets Identity apply the rules of Core; the description is a key of the texts.</summary>
internal sealed class PasswordCheck : IPasswordValidator<User>
{
    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        Task.FromResult(PasswordRules.Check(password) is { } wrong
            ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = wrong }) : IdentityResult.Success);
}
