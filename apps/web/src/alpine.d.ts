// The build of Alpine that needs no eval has the types of the other one.
declare module '@alpinejs/csp' {
  import Alpine from 'alpinejs'
  export default Alpine
}
