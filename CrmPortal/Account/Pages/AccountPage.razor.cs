using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;

namespace CrmPortal.Account.Pages;

/// <summary>The signed-in user's own account, as a plain page: what changes the sign-in also changes the cookie.</summary>
public sealed partial class AccountPage
{
    private readonly Dictionary<string, string> _errors = [];
    private User? _user;
    private string? _message;
    private string? _done;
    private string? _language;
    private string? _zone;
    private string? _key;
    private int _codesLeft;
    private IReadOnlyList<string>? _recoveryCodes;
    private IList<UserPasskeyInfo> _passkeys = [];
    private IReadOnlyList<SessionDetails> _sessions = [];

    [CascadingParameter] public required HttpContext Http { get; set; }
    [Inject] private UserManager<User> Users { get; set; } = null!;
    [Inject] private ProfileService Profiles { get; set; } = null!;
    [Inject] private AccountChanges Changes { get; set; } = null!;
    [Inject] private SignInService SignIn { get; set; } = null!;
    [Inject] private SessionService Sessions { get; set; } = null!;
    [Inject] private Display Display { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;
    [Inject] private ShopIdentity Shop { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "profile")] private ProfileForm? Profile { get; set; }
    [SupplyParameterFromForm(FormName = "password")] private PasswordForm? Password { get; set; }
    [SupplyParameterFromForm(FormName = "codes")] private CodesForm? Codes { get; set; }
    [SupplyParameterFromForm(FormName = "enable")] private EnableForm? Enable { get; set; }
    [SupplyParameterFromQuery] private string? Done { get; set; }
    [SupplyParameterFromQuery] private string? Failed { get; set; }

    /// <summary>What the picture says to the app.</summary>
    private string KeyAddress
    {
        get
        {
            var shop = Uri.EscapeDataString(Shop.Name);
            return $"otpauth://totp/{shop}:{Uri.EscapeDataString(_user!.Email)}?secret={_key}&issuer={shop}&digits=6&period=30";
        }
    }

    protected override async Task OnInitializedAsync()
    {
        var done = Done switch
        {
            "profile" => L["Saved."],
            "password" => L["The password was changed. Your other sessions have ended."],
            "two-factor-off" => L["Two-factor sign-in is off."],
            "passkey-added" => L["The passkey was added."],
            "passkey-removed" => L["The passkey was removed."],
            "others" => L["You are signed out everywhere else."],
            _ => null,
        };
        _done = done?.Value;
        if (Failed == "passkey") _message = L["The passkey could not be created."];
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _user = Http.User.UserId() is { } id ? await Users.FindByIdAsync(id.ToString(CultureInfo.InvariantCulture)) : null;
        if (_user is null) return;
        (_language, _zone) = Profile is null ? (_user.Language, _user.TimeZone) : (Empty(Profile.Language), Empty(Profile.TimeZone));
        _key = _user.TwoFactorEnabled ? null : await Users.GetAuthenticatorKeyAsync(_user);
        _codesLeft = _user.TwoFactorEnabled ? await Users.CountRecoveryCodesAsync(_user) : 0;
        _passkeys = await Users.GetPasskeysAsync(_user);
        _sessions = await Sessions.ListOwnAsync(Http.RequestAborted);
    }

    private Task SaveProfileAsync() => TryAsync(async () =>
    {
        await Profiles.ChangeAsync(new(Profile?.DisplayName ?? "", Profile?.Language, Profile?.TimeZone), Http.RequestAborted);
        // "Same as the browser" also forgets what was chosen in this browser before.
        if (Empty(Profile?.Language) is null) Http.Response.Cookies.Delete(CookieRequestCultureProvider.DefaultCookieName);
        Leave("profile");
    });

    private Task ChangePasswordAsync() => TryAsync(async () =>
    {
        await Changes.ChangePasswordAsync(_user!, Password?.CurrentPassword, Password?.NewPassword, Http.RequestAborted);
        await SignIn.OpenAgainAsync(Http, _user!);
        Leave("password");
    }, "password");

    private Task StartAsync() => TryAsync(async () => _key = await Changes.StartTwoFactorAsync(_user!, Http.RequestAborted));

    private Task EnableAsync() => TryAsync(async () =>
    {
        var codes = await Changes.EnableTwoFactorAsync(_user!, Enable?.Code, Http.RequestAborted);
        await SignIn.OpenAgainAsync(Http, _user!);
        ShowCodes(codes);
    });

    private Task RenewCodesAsync() => TryAsync(async () =>
    {
        if (Codes?.Action == "disable")
        {
            await Changes.DisableTwoFactorAsync(_user!, Codes.CurrentPassword, Http.RequestAborted);
            await SignIn.OpenAgainAsync(Http, _user!);
            Leave("two-factor-off");
        }
        else
        {
            ShowCodes(await Changes.RenewCodesAsync(_user!, Codes?.CurrentPassword, Http.RequestAborted));
        }
    }, "codes");

    private async Task RemovePasskeyAsync(byte[] credentialId)
    {
        var form = await Http.Request.ReadFormAsync(Http.RequestAborted);
        await TryAsync(async () =>
        {
            await Changes.RemovePasskeyAsync(_user!, credentialId, form["RemovePassword"], Http.RequestAborted);
            await SignIn.OpenAgainAsync(Http, _user!);
            Leave("passkey-removed");
        }, Convert.ToHexStringLower(credentialId));
    }

    private Task EndOthersAsync() => TryAsync(async () =>
    {
        await Sessions.EndOthersAsync(Http.RequestAborted);
        Leave("others");
    });

    /// <summary>Shows the codes on this very answer; they exist nowhere else.</summary>
    private void ShowCodes(IReadOnlyList<string> codes)
    {
        Http.Response.Headers.CacheControl = "no-store";
        (_recoveryCodes, _codesLeft, _key) = (codes, codes.Count, null);
        _sessions = [.. _sessions.Where(s => s.IsCurrent)];
    }

    private async Task TryAsync(Func<Task> work, string? form = null)
    {
        try
        {
            await work();
        }
        catch (RuleViolationException broken)
        {
            foreach (var error in broken.Errors)
            {
                var sentence = L[error.Message, error.Arguments].Value;
                if (error.Field.Length == 0) _message = sentence;
                else _errors.TryAdd(error.Field != "CurrentPassword" ? error.Field : form is "password" or "codes"
                    ? $"{form}.{error.Field}" : form ?? error.Field, sentence);
            }
        }
    }

    private string? Error(string field) => _errors.GetValueOrDefault(field);

    // A whole page load: reloading it does not send the form again, and it shows what the database holds.
    private void Leave(string done) => Navigation.NavigateTo("/account?done=" + done);

    private static string? Empty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    internal sealed class ProfileForm
    {
        public string? DisplayName { get; set; }
        public string? Language { get; set; }
        public string? TimeZone { get; set; }
    }

    internal sealed class PasswordForm
    {
        public string? CurrentPassword { get; set; }
        public string? NewPassword { get; set; }
    }

    internal sealed class CodesForm
    {
        public string? CurrentPassword { get; set; }
        public string? Action { get; set; }
    }

    internal sealed class EnableForm
    {
        public string? Code { get; set; }
    }
}
