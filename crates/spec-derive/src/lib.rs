//! Derives parameter declarations and decoding from a request struct.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Field, Fields, Lit, LitStr, Meta};

/// Implements `causeway_spec::Request` (and `Field`, for use inside other requests).
///
/// A field's wire name is its name in Pascal case. `#[parameter(...)]` takes `name = "..."`,
/// `example = "..."`, `missing = "..."` (the code for an absent value) `required` (for lists) and `secret`
/// (its value is never recorded).
#[proc_macro_derive(Request, attributes(parameter))]
pub fn derive_request(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let Data::Struct(syn::DataStruct { fields, .. }) = &input.data else {
        return Err(syn::Error::new_spanned(input, "a request is a struct with named fields"));
    };
    if matches!(fields, Fields::Unnamed(_)) {
        return Err(syn::Error::new_spanned(input, "a request is a struct with named fields"));
    }
    let fields = fields.iter().map(Declared::read).collect::<syn::Result<Vec<_>>>()?;
    let declarations = fields.iter().map(Declared::declaration);
    let reads = fields.iter().map(Declared::read_tokens);
    let (name, doc) = (&input.ident, doc(&input.attrs));
    Ok(quote! {
        impl ::causeway_spec::Request for #name {
            const DOC: &'static str = #doc;
            const PARAMETERS: &'static [::causeway_spec::Parameter] = &[#(#declarations),*];
            fn decode(
                at: &::causeway_spec::At<'_>,
            ) -> Result<Self, ::causeway_spec::ParameterError> {
                Ok(#name { #(#reads),* })
            }
        }

        impl ::causeway_spec::Field for #name {
            const SHAPE: ::causeway_spec::Shape =
                ::causeway_spec::Shape::Struct(<#name as ::causeway_spec::Request>::PARAMETERS);
            fn read(
                at: &::causeway_spec::At<'_>,
            ) -> Result<Option<Self>, ::causeway_spec::ParameterError> {
                if !at.is_present() {
                    return Ok(None);
                }
                <#name as ::causeway_spec::Request>::decode(at).map(Some)
            }
        }
    })
}

struct Declared<'a> {
    field: &'a Field,
    name: String,
    example: String,
    missing: Option<String>,
    required: bool,
    secret: bool,
}

impl<'a> Declared<'a> {
    fn read(field: &'a Field) -> syn::Result<Declared<'a>> {
        let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut declared = Declared {
            field,
            name: pascal_case(&ident),
            example: String::new(),
            missing: None,
            required: false,
            secret: false,
        };
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("parameter")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("required") {
                    declared.required = true;
                    return Ok(());
                }
                if meta.path.is_ident("secret") {
                    declared.secret = true;
                    return Ok(());
                }
                let text = meta.value()?.parse::<LitStr>()?.value();
                if meta.path.is_ident("name") {
                    declared.name = text;
                } else if meta.path.is_ident("example") {
                    declared.example = text;
                } else if meta.path.is_ident("missing") {
                    declared.missing = Some(text);
                } else {
                    return Err(meta.error("expected name, example, missing, required or secret"));
                }
                Ok(())
            })?;
        }
        Ok(declared)
    }

    fn declaration(&self) -> proc_macro2::TokenStream {
        let (name, doc, example) = (&self.name, doc(&self.field.attrs), &self.example);
        let (ty, required, secret) = (&self.field.ty, self.required, self.secret);
        quote! {
            ::causeway_spec::Parameter {
                name: #name,
                doc: #doc,
                required: #required || <#ty as ::causeway_spec::Field>::REQUIRED,
                shape: <#ty as ::causeway_spec::Field>::SHAPE,
                example: #example,
                secret: #secret,
            }
        }
    }

    fn read_tokens(&self) -> proc_macro2::TokenStream {
        let (ident, ty, name) = (&self.field.ident, &self.field.ty, &self.name);
        let missing = match &self.missing {
            Some(code) => quote!(Some(#code)),
            None => quote!(None),
        };
        let presence = self.required.then(|| {
            quote! { if !at.is_present() { return Err(at.missing()); } }
        });
        quote! {
            #ident: {
                let at = at.field(#name, #missing);
                #presence
                <#ty as ::causeway_spec::Field>::take(&at)?
            }
        }
    }
}

/// The doc comment as one text; lines are joined by newlines, without their leading space.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n")
}

fn pascal_case(ident: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    ident.split('_').filter_map(capitalised).collect()
}
